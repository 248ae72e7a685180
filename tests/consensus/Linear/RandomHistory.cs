using Drcm.Consensus;
using Drcm.Simulation.Linear;

namespace Drcm.Consensus.Tests.Linear;

/// <summary>A short history of a true list under concurrent clients, in which something is then changed, perhaps.</summary>
internal static class RandomHistory
{
    private const int OperationsMax = 6;

    public static List<Operation> Make(Random random)
    {
        var history = new List<Operation>();
        var list = new List<Entry>();
        var (moment, operations) = (100, 2 + random.Next(OperationsMax - 1));
        for (var value = 1; value <= operations; value++)
        {
            // Takes effect at this moment; begins before and ends after, so that neighbours overlap.
            moment += 10;
            var (start, end) = (moment - 1 - random.Next(25), moment + 1 + random.Next(25));
            history.Add(random.Next(3) == 0 ? new ReadOperation(start, end, list.ToArray()) : Append(random, value, start, end, list));
        }

        // Of half of them the last reads are cut out of the story by a later moment, so that what they saw is the end.
        Change(random, history);
        history.Add(new ReadOperation(10_000, 10_001, random.Next(10) == 0 ? list.Take(Math.Max(0, list.Count - 1)).ToArray() : list.ToArray()));
        return history;
    }

    private static AppendOperation Append(Random random, int value, int start, int end, List<Entry> list)
    {
        var version = list.Count == 0 ? 0 : list[^1].Index;
        var expected = random.Next(3) switch { 0 => LogVersion.Any, 1 => version, _ => random.Next((int)version + 3) };
        if (expected != LogVersion.Any && expected != version)
        {
            var named = list.Where(e => e.Index != expected).Select(e => e.Index).Append(version).ToArray();
            return new(start, end, value, expected, AppendStatus.Stale, named[random.Next(named.Length)]);
        }

        var fate = random.Next(8);
        if (fate == 0)
        {
            return new(start, end, value, expected, AppendStatus.Rejected, 0);
        }

        if (fate == 1)
        {
            return new(start, Operation.Never, value, expected, AppendStatus.Unknown, 0);
        }

        list.Add(new(version + 1 + random.Next(2), value));
        return fate == 2
            ? new(start, Operation.Never, value, expected, AppendStatus.Unknown, 0)
            : new(start, end, value, expected, AppendStatus.Committed, list[^1].Index);
    }

    private static void Change(Random random, List<Operation> history)
    {
        for (var changes = random.Next(3); changes > 0; changes--)
        {
            var at = random.Next(history.Count);
            history[at] = (history[at], random.Next(5)) switch
            {
                (var o, 0) => o with { Start = o.Start - random.Next(40) },
                (ReadOperation r, 1) => r with { Start = r.Start + 30, End = r.End + 30 },
                (ReadOperation r, 2) when r.Seen.Length > 0 => r with { Seen = r.Seen[..^1] },
                (ReadOperation r, 3) when r.Seen.Length > 1 => r with { Seen = r.Seen[1..] },
                (AppendOperation { Status: not AppendStatus.Unknown } a, 1) => a with { Start = a.Start - 40, End = a.Start - 20 },
                (AppendOperation { Status: not AppendStatus.Unknown } a, 2) => a with { Start = a.End + 20, End = a.End + 40 },
                (AppendOperation a, 3) => a with { Index = a.Index + 1 },
                (AppendOperation a, 4) => a with { Expected = random.Next(4) },
                var (o, _) => o,
            };
        }
    }
}
