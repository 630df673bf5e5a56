"""The worker of the guide's style: `asyncio.run` per task, with an engine and a connection of its own."""

import asyncio
import json
import ssl
import time
from typing import Any

import httpx
from cryptography.fernet import Fernet
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from benchmarks.pipeline.guide.celery_app import create_celery_app
from benchmarks.pipeline.guide.events import EventPublisher
from benchmarks.pipeline.guide.orders import Payload, publish_status
from benchmarks.pipeline.guide.settings import TASK, Settings
from benchmarks.pipeline.guide.tables import EnvironmentRow, JobLog

settings = Settings.load()
app = create_celery_app(settings)
cipher = Fernet(Fernet.generate_key())
stored_key = cipher.encrypt(settings.provider_key.encode())
tls = ssl.create_default_context()


@app.task(name=TASK)
def create_environment(payload: dict[str, Any]) -> None:
    """Work on an order."""
    asyncio.run(execute(Payload.model_validate(payload)))


async def execute(payload: Payload) -> None:
    """Create the environment and tell of each step."""
    engine: AsyncEngine = create_async_engine(settings.database_url)
    publisher = EventPublisher(settings.rabbitmq_url)
    try:
        async with async_sessionmaker(engine, expire_on_commit=False)() as session:
            job = await session.get_one(JobLog, payload.job_id)
            await transition(session, publisher, job, "started", "A worker took the job")
            key = cipher.decrypt(stored_key).decode()
            app_id = await create_at_provider(payload, key)
            job.app_id = app_id
            await transition(session, publisher, job, "polling", "The provider is creating it")
            session.add(
                EnvironmentRow(
                    team_id=job.team_id,
                    job_id=job.id,
                    env_name=job.env_name,
                    app_id=app_id,
                    status="running",
                    session_key_encrypted=cipher.encrypt(key.encode()).decode(),
                    created_at=time.time(),
                )
            )
            job.ended_at = time.time()
            await transition(session, publisher, job, "completed", "The environment is running")
    finally:
        await publisher.close()
        await engine.dispose()


async def transition(
    session: AsyncSession, publisher: EventPublisher, job: JobLog, status: str, message: str
) -> None:
    """Commit a step, then publish it."""
    job.status, job.message, job.updated_at = status, message, time.time()
    await session.commit()
    await publish_status(publisher, job)


async def create_at_provider(payload: Payload, key: str) -> str:
    """Ask the provider for the environment; gives its id there."""
    async with httpx.AsyncClient(verify=tls) as http:
        response = await http.post(
            f"{settings.provider_url}/1.0/environment/control/rest/createenvironment",
            data={
                "session": key,
                "appid": "1dd8d191d38fff45e62564fcf67fdcd6",
                "env": json.dumps({"shortdomain": payload.env_name}),
                "nodes": '[{"nodeType": "nginxphp", "count": 1, "flexibleCloudlets": 8}]',
            },
        )
    answer = response.json()
    if answer.get("result") != 0:
        raise RuntimeError(f"the provider refused: {answer}")
    created = answer.get("response", answer)
    return str(created["env"]["appid"])
