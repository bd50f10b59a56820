"""The supply chain (A12): what others made and we use, and what must not lie in the repository.

.venv/bin/python -m tests.drills.supply --folder /tmp/supply

Asks the public list of known weaknesses about the lock file, checks that everything is pinned with hashes, that the
security rules of ruff are clean, that the scripts of others are the ones we wrote down, that no secret lies in the
repository; and writes an SBOM (CycloneDX) into the folder. When the list cannot be reached nothing was tried, and the
line says so: it is missed, not kept.
"""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.drills import score
from tests.drills.score import Line

ROOT = Path(__file__).parent.parent.parent
LOCKS = ("requirements.lock", "requirements-test.lock")
SECRETS = {
    "a private key": r"-----BEGIN (?:RSA |EC |OPENSSH |DSA |)PRIVATE KEY-----",
    "a cloud key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a token of a code host": r"\b(?:ghp|gho|ghs|github_pat|glpat)[_-][A-Za-z0-9_-]{20,}",
    "a token of a chat": r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    "a signed token": r"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.",
    "a password in an address": r"\b(?:postgres(?:ql)?|smtps?|https?)://[^\s:/@\"'…]+:(?!password|…|secret|cozum|\.\.\.|(?:cok-)?gizli|parola|yanlis|pw)[^\s/@\"'…{}]{6,}@",
    "an age key": r"AGE-SECRET-KEY-1[0-9A-Z]{20,}",
}
# Made for the tests and good for nothing else.
ALLOWED = ("tests/channels/certificates/", "tests/test_settings.py", "tests/channels/", "tests/test_cli.py")


def main() -> int:
    asked = score.parser(__doc__).parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    lines = [audit(asked.folder), pinned(), security_rules(), vendored(), secrets(), sbom(asked.folder)]
    return score.finish(lines, asked)


def audit(folder: Path) -> Line:
    """Known weaknesses of what the lock pins."""
    told = folder / "audit.json"
    told.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pip_audit", "-r", str(ROOT / LOCKS[0]), "--disable-pip", "--require-hashes"]
    done = _run(*command, "-f", "json", "-o", str(told), "--progress-spinner", "off", "--timeout", "20")
    if not told.exists():
        why = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        return Line("A12", "packages without a known weakness", 0, 0, f"not reached: {why[:160]}")
    found: list[dict[str, Any]] = json.loads(told.read_text("utf-8"))["dependencies"]
    weak = [f"{each['name']} {each['version']}: {each['vulns'][0]['id']}" for each in found if each.get("vulns")]
    return Line("A12", "packages without a known weakness", len(found), len(found) - len(weak), "; ".join(weak[:5]))


def pinned() -> Line:
    """Every package of both locks at one version, with a hash."""
    packages = [each for name in LOCKS for each in _packages((ROOT / name).read_text("utf-8"))]
    return Line(
        "A12", "packages pinned with a hash", len(packages), sum(bool(hashes) for _name, _version, hashes in packages)
    )


def security_rules() -> Line:
    """What ruff knows of careless code; S603 is left out in pyproject.toml, with its reason."""
    done = _run(
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--select",
        "S",
        "--ignore",
        "S603",
        "--output-format",
        "concise",
        "portal",
        "db",
        "bin",
    )
    files = len([path for folder in ("portal", "db", "bin") for path in (ROOT / folder).rglob("*.py")])
    bad = {line.partition(":")[0] for line in done.stdout.splitlines() if re.match(r"\S+\.py:\d+", line)}
    return Line("A12", "files without careless code (ruff S)", files, files - len(bad), ", ".join(sorted(bad)[:4]))


def vendored() -> Line:
    """The scripts of others are the ones we wrote down, and no other lies there."""
    folder = ROOT / "portal/static/vendor"
    known = dict(
        re.findall(r"^\| (\S+\.js) .*\| ([0-9a-f]{64}) \|$", (folder / "VENDOR.md").read_text("utf-8"), re.MULTILINE)
    )
    scripts = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.js")}
    right = [name for name, digest in scripts.items() if known.get(name) == digest]
    return Line("A12", "scripts of others as they were written down", len(scripts), len(right))


def secrets() -> Line:
    """Nothing that looks like a key or a password lies among the files of the repository."""
    listed = _run("git", "ls-files", "-z").stdout.split("\0")
    tried = held = 0
    found: list[str] = []
    for name in filter(None, listed):
        try:
            text = (ROOT / name).read_text("utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
        tried += 1
        signs = [] if name.startswith(ALLOWED) else [what for what, sign in SECRETS.items() if re.search(sign, text)]
        held += not signs
        found += [f"{name}: {', '.join(signs)}"] if signs else []
    return Line("A12", "files without a secret", tried, held, "; ".join(found[:4]))


def sbom(folder: Path) -> Line:
    """Which parts the portal is made of, as CycloneDX, from the lock."""
    packages = _packages((ROOT / LOCKS[0]).read_text("utf-8"))
    parts = [
        {
            "type": "library",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name}@{version}",
            "hashes": [{"alg": "SHA-256", "content": each} for each in hashes[:1]],
        }
        for name, version, hashes in packages
    ]
    document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": parts}
    (folder / "sbom.cdx.json").write_text(json.dumps(document, indent=1), "utf-8")
    return Line("A12", "packages listed in the SBOM", len(packages), len(parts), "sbom.cdx.json")


def _packages(lock: str) -> list[tuple[str, str, list[str]]]:
    whole = re.sub(r"\\\n\s*", " ", lock)
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*])?==(\S+)(.*)$", whole, re.MULTILINE)
    return [(name, version, re.findall(r"sha256:([0-9a-f]{64})", rest)) for name, version, rest in found]


def _run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)


if __name__ == "__main__":
    sys.exit(main())
