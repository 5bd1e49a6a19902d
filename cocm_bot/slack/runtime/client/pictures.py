"""Pictures given to Slack lately, so that the same one is not given twice."""

from hashlib import sha256

MOST = 2000


class Pictures:
    """File ids by what is drawn, for as long as the files are kept. Times in seconds UTC."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[str, float]] = {}

    def find(self, drawing: str, at: float) -> str | None:
        """Return the file that shows a drawing; None where none is kept."""
        file_id, until = self._files.get(_key(drawing), ("", 0.0))
        return file_id if until > at else None

    def keep(self, drawing: str, file_id: str, until: float) -> None:
        """Remember that a file shows a drawing."""
        if len(self._files) >= MOST:
            self._files.clear()
        self._files[_key(drawing)] = (file_id, until)

    def forget(self, drawing: str) -> None:
        """Forget a file that Slack does not show."""
        self._files.pop(_key(drawing), None)


def _key(drawing: str) -> str:
    return sha256(drawing.encode()).hexdigest()
