"""Checks pages with axe-core in headless Chromium: `python tests/accessibility/check_with_axe.py AXE PAGE ...`.

AXE is `axe.min.js` of the npm package axe-core (`npm pack axe-core`); it is not part of the kit. The pages allow no
script, so that a copy is checked: the same page, without its policy and with axe in it.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BAD = ("serious", "critical")
RUN = """
axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(found => {
  const pre = document.createElement("pre");
  pre.id = "axe-found";
  pre.textContent = JSON.stringify({passes: found.passes.length, violations: found.violations});
  document.body.append(pre);
});
"""


def check(axe: str, page: Path) -> dict:
    """What axe finds on a page: how many rules pass, and every violation."""
    text = page.read_text(encoding="utf-8")
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    text = text.replace("</body>", f"<script>{axe}</script><script>{RUN}</script></body>")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "page.html"
        copy.write_text(text, encoding="utf-8")
        dumped = _dump(copy, folder)
    found = re.search(r'<pre id="axe-found">(.*?)</pre>', dumped, re.DOTALL)
    if not found:
        sys.exit(f"error: the check of {page} did not finish")
    return json.loads(html.unescape(found[1]))


def _dump(page: Path, profile: str) -> str:
    for browser in BROWSERS:
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}/profile",
                   "--virtual-time-budget=60000", "--dump-dom", page.as_uri()]  # fmt: skip
        try:
            return subprocess.run(command, capture_output=True, text=True, timeout=300).stdout
        except FileNotFoundError:
            continue
    sys.exit(f"error: no browser found; looked for {', '.join(BROWSERS)}")


def main(words: list[str]) -> int:
    if len(words) < 2:
        sys.exit(__doc__)
    axe = Path(words[0]).read_text(encoding="utf-8")
    bad = 0
    for page in map(Path, words[1:]):
        found = check(axe, page)
        serious = [violation for violation in found["violations"] if violation["impact"] in BAD]
        bad += len(serious)
        print(
            f"{page.name}: {found['passes']} rules pass, {len(found['violations'])} violations, {len(serious)} serious"
        )
        for violation in found["violations"]:
            print(f"  {violation['impact']}: {violation['id']}: {violation['help']}")
            print("".join(f"    {node['html'][:160]}\n" for node in violation["nodes"][:3]), end="")
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
