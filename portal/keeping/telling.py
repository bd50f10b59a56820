"""What the person at the terminal reads about a backup: Turkish, then English."""

from pathlib import Path

from portal.keeping.backup import Backup
from portal.keeping.restore import Contents
from portal.settings import Settings

_NAMED = 20


def made(backup: Backup, settings: Settings) -> str:
    """What was kept, and what has to be kept besides it."""
    rows, size = sum(backup.rows.values()), backup.file.stat().st_size
    told = [
        f"Yedek alındı: {backup.file} ({rows} satır, {backup.files} dosya, {size / 1e6:.1f} MB)",
        f"Backed up: {backup.file} ({rows} rows, {backup.files} files, {size / 1e6:.1f} MB)",
    ]
    if not backup.is_sealed:
        told += [
            f"Yedek şifreli değil, bu yüzden gizli anahtar içinde yok. {settings.secret_file} dosyasını ayrı saklayın: "
            "onsuz başvuru bağlantıları ve kimlik numaraları açılmaz.",
            f"The backup is not encrypted, so the secret is not in it. Keep {settings.secret_file} in another place: "
            "without it applicants' links and identity numbers do not open.",
        ]
    return "\n".join(told)


def lost(backup: Backup) -> str:
    """The files that rows name and that are gone or no longer what they were; empty when all is well."""
    found = [*(f"  {name}" for name in backup.missing), *(f"  {name} *" for name in backup.changed)]
    if not found:
        return ""
    more = [f"  … {len(found) - _NAMED}"] if len(found) > _NAMED else []
    head = (
        f"DİKKAT: {len(backup.missing)} dosya yerinde yok, {len(backup.changed)} dosya (*) değişmiş. "
        "Kalan her şey yedekte.\n"
        f"LOOK: {len(backup.missing)} files are not there, {len(backup.changed)} files (*) have changed. "
        "Everything else is in the backup."
    )
    return "\n".join([head, *found[:_NAMED], *more])


def whole(contents: Contents) -> str:
    """What a backup that was read to its end holds."""
    moment, rows, number = contents.facts["moment"], contents.rows, contents.manifest["files"]
    return (
        f"Yedek sağlam: {contents.file}, {moment} anı, {rows} satır, {number} dosya.\n"
        f"The backup is whole: {contents.file}, as of {moment}, {rows} rows, {number} files."
    )


def restored(contents: Contents) -> str:
    """What is there now, and what to do next."""
    return (
        f"Geri yüklendi: {contents.rows} satır, {contents.manifest['files']} dosya; sayılar yedektekiyle aynı. "
        "Şimdi portal web ve portal worker başlatılabilir.\n"
        f"Restored: {contents.rows} rows, {contents.manifest['files']} files; the counts are those of the backup. "
        "Now start portal web and portal worker."
    )


def new_key(file: Path, recipient: str) -> str:
    """Where the key is, and what to write into the nightly command."""
    return (
        f"Anahtar yazıldı: {file}. Bu makineden alıp iki ayrı güvenli yerde saklayın; onsuz şifreli yedek açılmaz.\n"
        f"The key is in {file}. Take it off this machine and keep it in two safe places; without it no encrypted "
        f"backup opens.\nportal backup --recipient {recipient}"
    )
