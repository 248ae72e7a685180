using Drcm.Consensus;
using Drcm.Simulation.Linear;

namespace Drcm.Consensus.Tests.Linear;

/// <summary>Is there any order of the operations, true to time, that a list could have gone through? Tries them all (Wing and Gong, 1993): a dumb judge of
/// the clever one, for histories of a few operations.</summary>
internal static class SearchingChecker
{
    public static bool IsLinearizable(IReadOnlyList<Operation> history)
    {
        // Where an append without an answer took effect is known from whoever saw it; nobody did: it had none before the last read.
        var places = history.OfType<ReadOperation>().SelectMany(r => r.Seen.ToArray()).DistinctBy(e => e.Value).ToDictionary(e => e.Value, e => e.Index);
        var relevant = history.Where(o => o is not AppendOperation { Status: AppendStatus.Rejected }
            && (o is not AppendOperation { Status: AppendStatus.Unknown } unknown || places.ContainsKey(unknown.Value))).ToList();
        return Search(relevant, 0, [], places);
    }

    private static bool Search(List<Operation> operations, int done, List<Entry> list, Dictionary<long, long> places)
    {
        if (done == (1 << operations.Count) - 1)
        {
            return true;
        }

        for (var i = 0; i < operations.Count; i++)
        {
            var before = list.Count;
            if ((done >> i & 1) == 0 && MayComeNext(operations, done, i) && Apply(operations[i], list, places))
            {
                if (Search(operations, done | 1 << i, list, places))
                {
                    return true;
                }

                list.RemoveRange(before, list.Count - before);
            }
        }

        return false;
    }

    private static bool MayComeNext(List<Operation> operations, int done, int candidate)
    {
        for (var other = 0; other < operations.Count; other++)
        {
            if ((done >> other & 1) == 0 && EndOf(operations[other]) < operations[candidate].Start)
            {
                return false;
            }
        }

        return true;
    }

    private static bool Apply(Operation operation, List<Entry> list, Dictionary<long, long> places)
    {
        var version = list.Count == 0 ? 0 : list[^1].Index;
        switch (operation)
        {
            case ReadOperation read:
                return read.Seen.Span.SequenceEqual(list.ToArray());
            case AppendOperation { Status: AppendStatus.Stale } stale:
                return stale.Expected != LogVersion.Any && stale.Expected != version && stale.Index != stale.Expected
                    && (stale.Index == 0 || list.Exists(e => e.Index == stale.Index));
            case AppendOperation append:
                var index = append.Status == AppendStatus.Committed ? append.Index : places[append.Value];
                var isEffective = index > version && (append.Expected == LogVersion.Any || append.Expected == version);
                if (isEffective)
                {
                    list.Add(new(index, append.Value));
                }

                return isEffective;
            default:
                throw new ArgumentException("no such operation", nameof(operation));
        }
    }

    private static long EndOf(Operation operation) => operation is AppendOperation append ? append.Deadline : operation.End;
}
