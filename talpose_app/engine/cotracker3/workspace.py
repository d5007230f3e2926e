"""Memory for what a backward pass needs, used anew from step to step.

A step of optimization keeps gigabytes for its backward pass, gives them back, and the next step asks for the
same again. Systems clear every page that they hand out, which takes a tenth of such a step; and a heap in
which short-lived and kept tensors lie mixed is left with holes that grow from step to step. Here kept
tensors lie one after the other, and go in the opposite order.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import torch
from torch import Tensor

#: Size of the pieces that memory is asked for in, numbers of four bytes.
_PIECE = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a workspace was in use: which piece, and how much of it."""

    piece: int
    n_used: int


class Workspace:
    """A stack of float32 tensors in main memory."""

    def __init__(self) -> None:
        self._pieces: list[Tensor] = []
        self._top = Mark(0, 0)

    def take(self, shape: tuple[int, ...]) -> Tensor:
        """Lay a tensor of arbitrary contents on the stack."""
        size = math.prod(shape)
        at, start = self._top.piece, self._top.n_used
        while at < len(self._pieces) and start + size > len(self._pieces[at]):
            at, start = at + 1, 0
        if at == len(self._pieces):
            self._pieces.append(torch.empty(max(size, _PIECE)))
        self._top = Mark(at, start + size)
        # Not a view: autograd would see every write into a piece as a change of all its views.
        piece = self._pieces[at]
        return torch.empty(0).set_(piece.untyped_storage(), start, shape, piece[:size].view(shape).stride())

    def mark(self) -> Mark:
        """Where the stack ends."""
        return self._top

    def release(self, mark: Mark) -> None:
        """Take everything from the stack that was laid on it since; it must not be read any more."""
        self._top = mark

    @contextmanager
    def lent(self, *, for_hidden: bool) -> Generator[None]:
        """Let frozen blocks keep what they need for their backward pass here.

        Args:
            for_hidden: Also the hidden values of MLPs, which would else be computed anew: two thirds more
                memory for a seventh of the matrix products.
        """
        token = _LENT.set(_Lent(self, for_hidden))
        try:
            yield
        finally:
            _LENT.reset(token)


@dataclass(frozen=True, slots=True)
class _Lent:
    workspace: Workspace
    for_hidden: bool


_LENT: ContextVar[_Lent | None] = ContextVar("_LENT", default=None)


def kept(shape: tuple[int, ...]) -> Tensor:
    """Memory for a tensor that a backward pass needs: of the workspace lent here, if there is one."""
    lent = _LENT.get()
    return torch.empty(shape) if lent is None else lent.workspace.take(shape)


def keeps_hidden() -> bool:
    """Whether the workspace lent here has room for hidden values."""
    lent = _LENT.get()
    return lent is not None and lent.for_hidden
