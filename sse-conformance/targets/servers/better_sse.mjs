// better-sse as its documentation shows it: a channel, and a session per stream.
import { createServer } from "node:http"
import { createChannel, createSession } from "better-sse"

const channel = createChannel()

createServer(async (request, response) => {
  const path = request.url.split("?")[0]
  if (path === "/events" && request.method === "GET") {
    const session = await createSession(request, response, { keepAlive: 1000 })
    channel.register(session)
  } else if (request.url === "/publish" && request.method === "POST") {
    const parts = []
    for await (const part of request) parts.push(part)
    const told = JSON.parse(Buffer.concat(parts).toString())
    if (told.id) channel.broadcast(told.text, told.event || "message", { eventId: told.id })
    else channel.broadcast(told.text, told.event || "message")
    response.writeHead(204).end()
  } else {
    response.writeHead(path === "/events" ? 405 : 404, { Allow: "GET" }).end()
  }
}).listen(Number(process.env.PORT), "127.0.0.1")
