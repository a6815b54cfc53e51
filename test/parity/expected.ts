import { linesOf, type Difference } from './compare.ts';
import { idOf, type Case, type RecordedStep } from './recording.ts';

/** What a case of our own expects and did not come, request by request. */
export const compareExpected = ({ steps }: Case, came: readonly RecordedStep[]): readonly Difference[] =>
  steps.flatMap(({ requests = [] }, index) =>
    requests.flatMap((request, place): readonly Difference[] => {
      const result = came[index]?.requests[place];
      const [answer = {}] = result !== undefined && 'responses' in result ? result.responses : [];
      const lines = linesOf(answer);
      const { expect = [] } = request;
      const missing = expect.filter((line) => !lines.includes(line));
      const where = `${steps.length > 1 ? `step ${index + 1}, ` : ''}${idOf(request)}`;
      const others = lines.filter((line) => !expect.includes(line));
      return missing.length === 0 ? [] : [{ where, expected: missing, came: others }];
    }),
  );
