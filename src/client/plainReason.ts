// What a failure of onnxruntime says, without the source lines around it. Pure.

/** Its own files and assertions stand before the reason; a failed node names itself before its. */
const beforeReason = /^.*?(?: was false\.|Status Message:)\s*/s;
const sourceLine = /(?:^|\s)(?:\/\S+|\w+)\.(?:cc|h):\d+\s+\S+/g;

/** One line. A message of another form stays as it is. */
export function plainReason(message: string): string {
  const reason = message.replace(beforeReason, '').replace(sourceLine, ' ').replace(/\s+/g, ' ').trim();
  return reason === '' ? message.replace(/\s+/g, ' ').trim() : reason;
}
