"""The HTTP side of the guide's style: `uvicorn --factory benchmarks.pipeline.guide.app:create_app`."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import StreamingResponse
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from benchmarks.pipeline.guide.celery_app import create_celery_app
from benchmarks.pipeline.guide.events import EventPublisher
from benchmarks.pipeline.guide.orders import OrderAccepted, OrderRequest, order_environment
from benchmarks.pipeline.guide.settings import JOBS_QUEUE, JOBS_ROUTING_KEY, TASK, Settings
from benchmarks.pipeline.guide.stream import SSEBroker
from benchmarks.pipeline.guide.tables import Team

ACTIVE = frozenset({"TRIALING", "ACTIVE"})


def create_app() -> FastAPI:
    """Make the application from the environment."""
    settings = Settings.load()
    engine = create_async_engine(settings.database_url, pool_size=10, max_overflow=10)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    publisher = EventPublisher(settings.rabbitmq_url)
    celery = create_celery_app(settings)
    broker = SSEBroker()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None, None]:
        async with broker.running(settings.rabbitmq_url):
            yield
        await publisher.close()
        await engine.dispose()

    app = FastAPI(lifespan=lifespan)

    async def db_session() -> AsyncGenerator[AsyncSession, None]:
        async with sessions() as session:
            yield session

    async def current_team(
        session: Annotated[AsyncSession, Depends(db_session)],
        authorization: Annotated[str, Header()],
    ) -> Team:
        token = authorization.removeprefix("Bearer ")
        team = await session.scalar(select(Team).where(Team.token == token))
        if team is None:
            raise HTTPException(401)
        if team.status not in ACTIVE:
            raise HTTPException(403)
        return team

    def send_task(payload: dict[str, Any]) -> None:
        celery.send_task(
            TASK, kwargs={"payload": payload}, queue=JOBS_QUEUE, routing_key=JOBS_ROUTING_KEY
        )

    @app.get("/ready")
    async def ready() -> None:
        return None

    @app.post("/api/v1/environments", status_code=202)
    async def create_environment(
        order: OrderRequest,
        session: Annotated[AsyncSession, Depends(db_session)],
        team: Annotated[Team, Depends(current_team)],
    ) -> OrderAccepted:
        return await order_environment(session, publisher, send_task, team, order)

    @app.get("/api/v1/events")
    async def events(
        request: Request,
        team: Annotated[Team, Depends(current_team)],
        job_id: int | None = None,
    ) -> StreamingResponse:
        return StreamingResponse(
            broker.stream(request, team.id, job_id), media_type="text/event-stream"
        )

    return app
