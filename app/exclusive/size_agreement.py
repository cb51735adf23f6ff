"""Window and guest agree on one size: who follows whom, and what is asked of the guest. No Qt.

A picture is exact where a guest pixel is a screen pixel. So the window takes the guest's size until
the person chooses one for it, and the guest is asked to take the window's where its device can.
Each change is answered at most once, and a change that answers ours is not answered again: nothing
here can go on for ever.

All sizes are `(width, height)` in screen pixels, which are guest pixels then.
"""

from __future__ import annotations

Size = tuple[int, int]

LEAST_WISH_PX = 320
"""No guest's desktop is of use below that."""


class SizeAgreement:
    """Decides for one view. `wish_due` and `fit_due` are asked when the sizes have come to rest."""

    def __init__(self) -> None:
        self._view: Size | None = None
        self._picture: Size | None = None
        self._chosen = False
        self._refused = False
        self._wished: Size | None = None
        self._view_is_news = self._picture_is_news = False

    @property
    def is_refused(self) -> bool:
        """Whether the guest's device cannot follow, as it said itself."""
        return self._refused

    # What happens.

    def connected(self) -> None:
        """A new connection: the machine may have another device now, and knows of no wish."""
        self._refused = False
        self._wished = None
        self._view_is_news = True

    def view_changed(self, size: Size, *, chosen: bool) -> None:
        """The view has this size now.

        Args:
            size: of the view.
            chosen: by the person, who may have made the window fill the screen; otherwise it is
                what `fit_due` asked for, or the window's size from before that.
        """
        was_chosen, self._chosen = self._chosen, chosen
        self._view_is_news |= size != self._view and (chosen or was_chosen)
        self._view = size

    def picture_changed(self, size: Size) -> None:
        """The guest's picture has this size now."""
        self._picture_is_news |= size != self._picture
        self._picture = size

    def refused(self) -> None:
        """The guest's device cannot follow wishes."""
        self._refused = True

    def asked(self, size: Size) -> None:
        """Somebody else has asked the guest for this size."""
        self._wished = size

    # What is to be done.

    def wish_due(self) -> Size | None:
        """The size that the guest should be asked for now: once for each change of the view.

        A guest that then chooses another size is left alone: its owner may have set it.
        """
        if not self._view_is_news or self._view is None or self._picture is None:
            return None
        self._view_is_news = False
        follows = self._picture == self._wished  # and so has to be given the view's size back
        if self._refused or not (self._chosen or follows) or min(self._view) < LEAST_WISH_PX:
            return None
        if self._view == self._picture:
            return None
        self._wished = self._view
        return self._view

    def fit_due(self) -> Size | None:
        """The size that the window should take now, once for each change of the picture."""
        is_news, self._picture_is_news = self._picture_is_news, False
        if not is_news or self._chosen or self._picture == self._view:
            return None
        return self._picture
