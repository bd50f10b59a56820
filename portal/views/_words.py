"""Dates, times and numbers in words, as Istanbul says them. A queue asks for hundreds: tables, no library."""

from datetime import date, datetime, timedelta
from datetime import time as Hour
from typing import NamedTuple

from portal.clock import ISTANBUL

_MONTHS = {
    "tr": (
        *("Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran"),
        *("Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
_DAYS = {
    "tr": ("Pazartesi", "Salı", "Çarşamba", "Perşembe", "Cuma", "Cumartesi", "Pazar"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


class _Spoken(NamedTuple):
    """How one language says how near a moment is."""

    today: str
    yesterday: str
    days_ago: str
    now: str
    minutes_ago: str
    late_days: str
    late_one_day: str
    late_hours: str
    late_one_hour: str
    late_now: str
    due_today: str
    due_today_by: str
    due_tomorrow: str
    due_by: str
    full: str
    separator: str
    thousands: str
    decimal: str
    percent: str


_SPOKEN = {
    "tr": _Spoken(
        today="bugün",
        yesterday="dün",
        days_ago="{n} gün önce",
        now="az önce",
        minutes_ago="{n} dakika önce",
        late_days="{n} gün gecikti",
        late_one_day="1 gün gecikti",
        late_hours="{n} saat gecikti",
        late_one_hour="1 saat gecikti",
        late_now="süresi az önce doldu",
        due_today="bugün doluyor",
        due_today_by="bugün doluyor ({time})",
        due_tomorrow="yarın doluyor",
        due_by="{date} gününe kadar",
        full="{day} {month} {year} {weekday}",
        separator=".",
        thousands=".",
        decimal=",",
        percent="%{n}",
    ),
    "en": _Spoken(
        today="today",
        yesterday="yesterday",
        days_ago="{n} days ago",
        now="just now",
        minutes_ago="{n} minutes ago",
        late_days="{n} days late",
        late_one_day="1 day late",
        late_hours="{n} hours late",
        late_one_hour="1 hour late",
        late_now="just overdue",
        due_today="due today",
        due_today_by="due today ({time})",
        due_tomorrow="due tomorrow",
        due_by="by {date}",
        full="{weekday} {day} {month} {year}",
        separator=":",
        thousands=",",
        decimal=".",
        percent="{n}%",
    ),
}

_END_OF_DAY = 23 * 60 + 59
_LONGEST_AGO = 6


def date_long(moment: datetime | date, language: str = "tr") -> str:
    """23 Kasım 2026 Pazartesi."""
    day = local_date(moment)
    return _SPOKEN[language].full.format(
        day=day.day, month=_MONTHS[language][day.month - 1], year=day.year, weekday=_DAYS[language][day.weekday()]
    )


def date_without_weekday(moment: datetime | date, language: str = "tr") -> str:
    """23 Kasım 2026."""
    day = local_date(moment)
    return f"{day.day} {_MONTHS[language][day.month - 1]} {day.year}"


def date_short(moment: datetime | date, language: str = "tr") -> str:
    """23.11.2026; in English with slashes, day first as everybody here writes it."""
    day = local_date(moment)
    mark = "." if language == "tr" else "/"
    return f"{day.day:02}{mark}{day.month:02}{mark}{day.year}"


def month_and_year(day: date, language: str = "tr") -> str:
    """Kasım 2026."""
    return f"{_MONTHS[language][day.month - 1]} {day.year}"


def month(number: int, language: str = "tr") -> str:
    """Kasım for 11."""
    return _MONTHS[language][number - 1]


def day_of_month(day: date, language: str = "tr") -> str:
    """16 Pazartesi, where the month is said elsewhere."""
    weekday = _DAYS[language][day.weekday()]
    return f"{day.day} {weekday}" if language == "tr" else f"{weekday} {day.day}"


def time(moment: datetime, language: str = "tr") -> str:
    """14.30."""
    return clock_time(moment.astimezone(ISTANBUL).timetz(), language)


def clock_time(hour: Hour, language: str = "tr") -> str:
    """08.30, of an hour that is on no particular day."""
    return f"{hour.hour:02}{_SPOKEN[language].separator}{hour.minute:02}"


def date_and_time(moment: datetime, language: str = "tr") -> str:
    """23 Kasım 2026, 14.30."""
    return f"{date_without_weekday(moment, language)}, {time(moment, language)}"


def machine(moment: datetime | date) -> str:
    """The moment as programs read it, for a `datetime` attribute."""
    if isinstance(moment, datetime):
        return moment.astimezone(ISTANBUL).isoformat(timespec="seconds")
    return moment.isoformat()


def when(moment: datetime, now: datetime, language: str = "tr") -> str:
    """How long ago: bugün 14.30, dün 09.05, 3 gün önce, then the date."""
    spoken = _SPOKEN[language]
    days = (local_date(now) - local_date(moment)).days
    if days == 0:
        return f"{spoken.today} {time(moment, language)}"
    if days == 1:
        return f"{spoken.yesterday} {time(moment, language)}"
    if 1 < days <= _LONGEST_AGO:
        return spoken.days_ago.format(n=days)
    return date_without_weekday(moment, language)


def just_when(moment: datetime, now: datetime, language: str = "tr") -> str:
    """How long ago to the minute within the last hour, for things that move while one looks."""
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 1:
        return _SPOKEN[language].now
    if minutes < 60:
        return _SPOKEN[language].minutes_ago.format(n=minutes)
    return when(moment, now, language)


def due_words(due_at: datetime | None, now: datetime, language: str = "tr") -> str:
    """How near the end is: 2 gün gecikti, bugün doluyor, 17 Aralık Perşembe gününe kadar; empty without one."""
    if due_at is None:
        return ""
    if due_at < now:
        return _late_words(due_at, now, _SPOKEN[language])
    days = (local_date(due_at) - local_date(now)).days
    spoken = _SPOKEN[language]
    if days == 0:
        return spoken.due_today if _is_end_of_day(due_at) else spoken.due_today_by.format(time=time(due_at, language))
    return spoken.due_tomorrow if days == 1 else spoken.due_by.format(date=_day_of_this_year(due_at, now, language))


def due_moment(due_at: datetime, language: str = "tr") -> str:
    """The last day; with the hour where the promise ends before the day does."""
    day = date_long(due_at, language)
    return day if _is_end_of_day(due_at) else f"{day}, {time(due_at, language)}"


def due_tone(due_at: datetime | None, now: datetime) -> str:
    """late, today, soon (within two days) or nothing: the tone that goes with `due_words`."""
    if due_at is None:
        return ""
    if due_at < now:
        return "late"
    days = (local_date(due_at) - local_date(now)).days
    return "today" if days == 0 else "soon" if days <= 2 else ""


def number(value: int | float, language: str = "tr", decimals: int = 0) -> str:
    """1.250 or 1.250,5."""
    spoken = _SPOKEN[language]
    whole, _, rest = f"{value:,.{decimals}f}".partition(".")
    grouped = whole.replace(",", spoken.thousands)
    return f"{grouped}{spoken.decimal}{rest}" if rest else grouped


def percent(share: float, language: str = "tr", decimals: int = 0) -> str:
    """%98 for 0.98; never rounded up to a hundred that was not reached."""
    rounded = round(share * 100, decimals)
    if rounded >= 100 and share < 1:
        rounded = 100 - 10**-decimals
    return _SPOKEN[language].percent.format(n=number(rounded, language, decimals))


def phone_words(phone: str) -> str:
    """0532 123 45 67 for +905321234567; a short number or a foreign one as it is."""
    local = f"0{phone[3:]}" if phone.startswith("+90") else phone
    if len(local) != 11 or not local.isascii() or not local.isdigit():
        return phone
    return f"{local[:4]} {local[4:7]} {local[7:9]} {local[9:]}"


def size(octets: int, language: str = "tr") -> str:
    """2,4 MB."""
    if octets < 1000 * 1000:
        return f"{number(max(1, round(octets / 1000)), language)} KB"
    return f"{number(octets / 1000 / 1000, language, 1)} MB"


def local_date(moment: datetime | date) -> date:
    """The day it is in Istanbul at that moment."""
    return moment.astimezone(ISTANBUL).date() if isinstance(moment, datetime) else moment


def _late_words(due_at: datetime, now: datetime, spoken: _Spoken) -> str:
    days = (local_date(now) - local_date(due_at)).days
    if days > 1:
        return spoken.late_days.format(n=days)
    if days == 1:
        return spoken.late_one_day
    hours = int((now - due_at) / timedelta(hours=1))
    if hours > 1:
        return spoken.late_hours.format(n=hours)
    return spoken.late_one_hour if hours == 1 else spoken.late_now


def _is_end_of_day(due_at: datetime) -> bool:
    here = due_at.astimezone(ISTANBUL)
    return here.hour * 60 + here.minute >= _END_OF_DAY


def _day_of_this_year(due_at: datetime, now: datetime, language: str) -> str:
    """The year is said only where it is another one."""
    day = local_date(due_at)
    year = "" if day.year == local_date(now).year else f" {day.year}"
    month, weekday = _MONTHS[language][day.month - 1], _DAYS[language][day.weekday()]
    return f"{day.day} {month}{year} {weekday}" if language == "tr" else f"{weekday} {day.day} {month}{year}"
