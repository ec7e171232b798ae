"""The shelf: where the library in force stands, and whether its files have changed since."""

from hashlib import sha256

from bot.domain.policy import Policy
from bot.storage.runbooks import Library, load_all
from bot.storage.tabletop_files import FOLDER


class Shelf:
    """The library in force: replaced as a whole when its files have changed and are fine."""

    def __init__(self, library: Library, policy: Policy | None = None) -> None:
        """Keep a library; with the policy by which its folder can be read again."""
        self._policy = policy
        self.put(library)

    def put(self, library: Library) -> None:
        """Put a library in force, as its files are now."""
        self.library = library
        self._used = self._seen = self._stamp()

    def _stamp(self) -> tuple[tuple[str, int, int], ...]:
        folder = self.library.folder
        if folder is None:
            return ()
        files = sorted([*folder.glob("*.yaml"), *folder.glob(f"{FOLDER}/*.yaml")])
        found = [(str(file.relative_to(folder)), file.stat()) for file in files if file.exists()]
        return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)

    def changed(self) -> str | None:
        """Return a digest of the files when they have changed and then rested since the last look; else None."""
        stamp = self._stamp()
        rested, self._seen = stamp == self._seen, stamp
        if not rested or stamp == self._used or self.library.folder is None:
            return None
        self._used = stamp
        texts = [(self.library.folder / name).read_bytes() for name, *_ in stamp]
        return sha256(b"\0".join(texts)).hexdigest()[:16]

    def read(self) -> Library:
        """Return the library as its files are now; raises BadConfig."""
        if self.library.folder is None or self._policy is None:
            return self.library
        return load_all(self.library.folder, self._policy)
