/** The one stream of the page: hands what it tells to what was loaded, and says how the connection is. */
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import type { StreamEventsFrame, StreamState, WithdrawalCause } from "slipway-client";
import { useEvents } from "slipway-client/react";

import { applyFrame } from "./applyFrame";
import { isAfter } from "./position";
import { client } from "@/data/client";
import { isActive, useSession } from "@/data/session";

export interface Live {
  state: StreamState;
  /** When the next connection is tried, as milliseconds since 1970. */
  retryAt: number | undefined;
  /** Whether everything up to the present has been heard. */
  current: boolean;
  cursor: string | undefined;
  enabled: boolean;
  reconnect: () => void;
}

const Context = createContext<Live | undefined>(undefined);

export function useLive(): Live {
  const live = useContext(Context);
  if (live === undefined) throw new Error("The stream is opened by LiveProvider.");
  return live;
}

interface LiveProviderProps {
  children: ReactNode;
  onFrame: (frame: StreamEventsFrame) => void;
  onWithdrawn: (cause: WithdrawalCause | undefined) => void;
}

export function LiveProvider({ children, onFrame, onWithdrawn }: LiveProviderProps) {
  const queries = useQueryClient();
  const me = useSession();
  const [target, setTarget] = useState<string>();
  const [cursor, setCursor] = useState<string>();
  const [retryAt, setRetryAt] = useState<number>();
  const enabled = isActive(me) && me.permissions.includes("events:read");

  const take = useCallback(
    (frame: StreamEventsFrame): void => {
      if (frame.event === "sync") {
        setTarget(frame.data.to);
        if (frame.data.status === "fresh") setCursor(frame.data.to);
      } else if (frame.event === "reset" || frame.event === "lagged") {
        setCursor(frame.data.snapshot.last_event_id);
      } else if (frame.id !== undefined) {
        setCursor(frame.id);
      }
      applyFrame(frame, queries);
      if (frame.event === "drain" && frame.data.reason === "access_withdrawn") onWithdrawn(frame.data.cause);
      onFrame(frame);
    },
    [queries, onFrame, onWithdrawn],
  );

  const { state, reconnect } = useEvents(client, { teamId: me.team.id }, take, { enabled });
  useEffect(() => {
    setRetryAt(state.state === "waiting" ? Date.now() + state.milliseconds : undefined);
  }, [state]);

  const live = useMemo<Live>(() => {
    const current = cursor !== undefined && target !== undefined && isAfter(target, cursor) !== true;
    return { state, retryAt, current, cursor, enabled, reconnect };
  }, [state, retryAt, cursor, target, enabled, reconnect]);
  return <Context value={live}>{children}</Context>;
}
