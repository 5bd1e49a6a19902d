"""Asking for an erasure, and a second person's word that it is right."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from cocm_bot.domain.access import AccessAction
from cocm_bot.domain.errors import Conflict, NotFound, no_such_patient
from cocm_bot.domain.patients.erasure import (
    Erasure,
    ErasureReason,
    ErasureState,
    check_hold,
    confirmed,
    is_over,
)
from cocm_bot.domain.records.patient import Patient
from cocm_bot.operations.access.access_logging import recorded_by_account
from cocm_bot.operations.context import Context
from cocm_bot.store.erasure import erasures
from cocm_bot.store.patients import patients
from cocm_bot.store.table.writes import Write


@dataclass(frozen=True)
class Asking:
    """Erasures of one registry, asked for by somebody under an account of the operating system."""

    ctx: Context
    registry_id: str
    account: str

    @property
    def by(self) -> str:
        """Return who asks, as it is stored."""
        return f"account {self.account}"

    def ask(self, handle: str, reason: ErasureReason) -> Erasure:
        """Ask for a patient's erasure; a request that lapsed is made again.

        Raises NotFound, Conflict where one is asked for already or the record is under legal hold, or
        Unavailable.
        """
        patient = self._patient(handle)
        check_hold(patient)
        before = erasures.get(self.ctx.table, self.registry_id, patient.id)
        now = self.ctx.now().timestamp()
        if before is not None and not is_over(before, now):
            raise Conflict("The erasure of this patient is asked for already.")
        asked = Erasure(
            patient_id=patient.id,
            handle=patient.handle,
            reason=reason,
            state=ErasureState.ASKED,
            asked_by=self.by,
            asked_at=now,
        )
        return self._store(AccessAction.ASK_ERASURE, before, asked)

    def confirm(self, handle: str) -> Erasure:
        """Confirm a request that somebody else made.

        Raises NotFound, Conflict for one's own request, one that lapsed or a record under hold, Unavailable.
        """
        patient = self._patient(handle)
        check_hold(patient)
        before = self._asked(patient)
        return self._store(
            AccessAction.CONFIRM_ERASURE, before, confirmed(before, self.by, self.ctx.now().timestamp())
        )

    def withdraw(self, handle: str) -> None:
        """Take a request back that was not begun; raises NotFound, Conflict or Unavailable."""
        before = self._asked(self._patient(handle))
        if before.state not in (ErasureState.ASKED, ErasureState.CONFIRMED):
            raise Conflict("This erasure was begun: run it again to finish it.")
        with self._recorded(AccessAction.WITHDRAW_ERASURE, before) as access:
            self.ctx.table.transact([erasures.withdrawing(self.registry_id, before), *access])

    def _store(self, action: AccessAction, before: Erasure | None, after: Erasure) -> Erasure:
        with self._recorded(action, after) as access:
            self.ctx.table.transact([erasures.storing(self.registry_id, before, after), *access])
        return after

    def _recorded(self, action: AccessAction, erasure: Erasure) -> AbstractContextManager[list[Write]]:
        return recorded_by_account(self.ctx, self.registry_id, action, self.account, (erasure.patient_id,))

    def _asked(self, patient: Patient) -> Erasure:
        found = erasures.get(self.ctx.table, self.registry_id, patient.id)
        if found is None:
            raise NotFound("Nobody has asked for the erasure of this patient.")
        return found

    def _patient(self, handle: str) -> Patient:
        found = patients.by_handle(self.ctx.table, self.registry_id, handle.strip().upper())
        if found is None:
            raise no_such_patient()
        return found
