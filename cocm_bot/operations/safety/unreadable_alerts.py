"""Notify admins of a safety alert whose job can't be read: nobody is notified of the risk itself."""

from cocm_bot.operations.admin_notices import Notice, tell_admins
from cocm_bot.operations.context import Context
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.table import keys


def report_unreadable_alert(ctx: Context, alert_id: str) -> None:
    """Notify the admins, once, of an alert's job; do nothing once it is gone. Raises Unavailable.

    Where it does not say of which registry it is, the admins of all whose jobs wait in the same part of the
    queue are notified: theirs is among them.
    """
    key = keys.work(JobKind.ALERT, alert_id)
    item = ctx.table.get(key)
    if item is None:
        return
    served = jobs.registries_served(ctx.table)
    named = item.get("registry_id", {}).get("S", "")
    place = item.get("GSI1PK", {}).get("S", "")
    beside = [each for each in served if keys.work_shard(jobs.shard_of(each)) == place]
    for registry_id in [named] if named in served else beside:
        tell_admins(ctx, registry_id, Notice.ALERT_UNREADABLE, keys.fingerprint(key))
