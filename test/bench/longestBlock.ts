declare global {
  namespace NodeJS {
    interface Process {
      /** Processor time of this thread in microseconds (Node 23.9 and later). */
      threadCpuUsage(): CpuUsage;
    }
  }
}

/**
 * The longest that the event loop was held up, in ms of this thread's processor time: what it worked between two looks, a millisecond apart when it is idle. Unlike a delay by the
 * clock it does not count the turns that other processes had meanwhile.
 */
export function watchBlocks(): { longestMs(): number } {
  const used = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let [longest, before] = [0, used()];
  const look = () => {
    const now = used();
    longest = Math.max(longest, now - before);
    before = now;
  };
  const timer = setInterval(look, 1);
  return {
    longestMs: () => {
      look();
      clearInterval(timer);
      return longest;
    },
  };
}
