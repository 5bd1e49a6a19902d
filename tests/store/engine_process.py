"""ministack behind uvicorn with compiled parts: most of what its own server spends goes into reading HTTP.

Run as `python -m tests.store.engine_process PORT`. What it does by the clock is left out: nothing expires.
"""

import sys

import uvicorn
from ministack.app import app  # type: ignore[import-untyped]  # it has no types


def main() -> None:
    """Serve until ended."""
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        http="httptools",
        loop="uvloop",
        lifespan="off",
        log_config=None,
        access_log=False,
    )


if __name__ == "__main__":
    main()
