import { Panel } from "@/ui/Panel";

/** What was ordered, as the worker got it. */
export function JobInput({ input }: { input: { [key: string]: unknown } }) {
  return (
    <Panel title="Input" note="What was ordered, as the worker got it.">
      <pre tabIndex={0} aria-label="Input as JSON" className="overflow-x-auto p-4 font-mono text-xs leading-5">
        {JSON.stringify(input, undefined, 2)}
      </pre>
    </Panel>
  );
}
