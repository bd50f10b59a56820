from datetime import UTC, datetime

import pytest

from portal.channels import Letter


@pytest.fixture
def letter() -> Letter:
    return Letter(
        message_id="0f3c.483109752264",
        address="ayse@ornek.com.tr",
        subject="Başvurunuz sonuçlandı: 4831-0975-2264",
        words="Sayın Ayşe Yılmaz,\n\nÇukur bugün kapatıldı; ışıklar da onarıldı. “Teşekkür ederiz.”\n",
        sender_name="Aksaray Belediyesi Çözüm Merkezi",
        reply_to="cozum@aksaray.example",
        at=datetime(2026, 11, 16, 7, 0, tzinfo=UTC),
    )
