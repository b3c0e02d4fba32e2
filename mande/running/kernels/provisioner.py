"""Start kernels by forking a warm parent; where that cannot be done, start the ordinary kernel and say so."""

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner
from traitlets import List, Unicode

_LOG = logging.getLogger(__name__)
_LAUNCHER = ["-m", "ipykernel_launcher"]
_POPEN_ONLY = {"stdin", "stdout", "stderr", "preexec_fn", "independent", "pass_fds"}
_HISTORY = "--HistoryManager.hist_file"
_said: set[str] = set()


class WarmProvisioner(LocalProvisioner):
    """A LocalProvisioner whose kernel is forked from a process that has imported `preload` already.

    `preload` names modules whose import starts no thread, opens no file for good and does not look for a shell.
    """

    preload = List(Unicode(), help="Modules that the warm parent imports once.").tag(config=True)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel and return its connection; it listens already if it is a warm one."""
        cmd = [*cmd, *_history_in_memory(cmd)]
        reason = obstacle(cmd, kwargs)
        if not reason:
            from mande.running.kernels.warm_kernel import WarmKernelError

            try:
                self.process = await asyncio.to_thread(self._fork, cmd, kwargs)
            except WarmKernelError as error:
                reason = str(error)
        if reason:
            _say(reason)
            return await super().launch_kernel(cmd, **kwargs)
        self.pid, self.pgid = self.process.pid, None  # signals go through the parent, which knows if the pid is ours
        self.cwd = kwargs.get("cwd") or Path.cwd()
        return self.connection_info

    def _fork(self, cmd: list[str], kwargs: dict[str, Any]) -> Any:
        from mande.running.kernels.freshness import ParentKey
        from mande.running.kernels.warm_kernel import PARENT, KernelRequest

        environment = dict(kwargs.get("env") or os.environ)
        parent = PARENT.get(ParentKey.of(cmd[0], self.preload, environment), environment)
        return parent.start(
            KernelRequest(
                environment=environment,
                folder=str(Path(kwargs.get("cwd") or "").absolute()),
                order_file=cmd[cmd.index("-f") + 1],
                arguments=cmd[3:],
            )
        )

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and return when it is gone: the manager looks only every tenth of a second."""
        await super().kill(restart)
        for _ in range(200):
            if await self.poll() is not None:
                return
            await asyncio.sleep(0.002)


def obstacle(cmd: list[str], options: dict[str, Any], *, platform: str = sys.platform) -> str:
    """Return why a kernel cannot be forked on this system or with these options; blank if it can.

    >>> obstacle(["python", "-m", "xpython"], {}, platform="linux")
    'the kernel is not an ipykernel'
    """
    if platform != "linux":  # elsewhere the system's own libraries may not survive a fork, or there is none
        return f"kernels are forked on Linux only, not on {platform}"
    if cmd[1:3] != _LAUNCHER or "-f" not in cmd:
        return "the kernel is not an ipykernel"
    asked = sorted(name for name in _POPEN_ONLY.intersection(options) if options[name])
    return f"the caller asks for {', '.join(asked)}" if asked else ""


def _history_in_memory(cmd: list[str]) -> list[str]:
    """Return the argument that keeps what was typed out of the user's home, unless the caller has chosen."""
    return [] if any(word.startswith(_HISTORY) for word in cmd) else [f"{_HISTORY}=:memory:"]


def _say(reason: str) -> None:
    """Log each reason once per process, not once for each of thousands of kernels."""
    if reason not in _said:
        _said.add(reason)
        _LOG.warning("ordinary kernels are used instead of warm ones: %s", reason)
