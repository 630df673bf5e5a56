"""The rows of the guide's style, as ORM classes."""

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """All tables."""


class Team(Base):
    """A team; its token stands for the session of its only user."""

    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    token: Mapped[str] = mapped_column(String, unique=True)
    status: Mapped[str] = mapped_column(String)


class JobLog(Base):
    """A job."""

    __tablename__ = "job_logs"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    status: Mapped[str] = mapped_column(String)
    message: Mapped[str] = mapped_column(String)
    env_name: Mapped[str] = mapped_column(String)
    app_id: Mapped[str | None] = mapped_column(String)
    created_at: Mapped[float]
    updated_at: Mapped[float]
    ended_at: Mapped[float | None]


class EnvironmentRow(Base):
    """What the provider has built."""

    __tablename__ = "environments"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("job_logs.id"), unique=True)
    env_name: Mapped[str] = mapped_column(String)
    app_id: Mapped[str | None] = mapped_column(String)
    status: Mapped[str] = mapped_column(String)
    session_key_encrypted: Mapped[str] = mapped_column(String)
    created_at: Mapped[float]
