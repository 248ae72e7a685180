using System.Runtime.InteropServices;
using Drcm.Consensus;

namespace Drcm.Simulation.Linear;

/// <summary>Decides exactly whether a history of appends and reads of whole lists is linearizable, in linear time: with unique values the longest read
/// names the only order in which appends can have taken effect, so nothing is searched. The history must hold a read that began after every acknowledged
/// append had ended; without one an append that nobody saw could hide anywhere.</summary>
internal sealed partial class HistoryChecker
{
    private const int ViolationsMax = 20;
    private readonly List<string> _violations = [];
    private readonly Dictionary<long, AppendOperation> _appends = [];
    private readonly Dictionary<long, int> _places = new() { [0] = 0 };
    private readonly List<ReadOperation> _reads = [];
    private readonly List<AppendOperation> _stale = [];
    private ReadOnlyMemory<Entry> _order;

    private HistoryChecker()
    {
    }

    /// <returns>Nothing when the history is linearizable.</returns>
    public static IReadOnlyList<string> Check(IReadOnlyCollection<Operation> history)
    {
        var checker = new HistoryChecker();
        checker.Sort(history);
        checker.CheckOrder();
        checker.CheckReads();
        checker.CheckAnswers();
        if (checker._violations.Count == 0)
        {
            // Only an order that makes sense has moments at which it can have come about.
            checker.CheckTimes();
        }

        return checker._violations;
    }

    private void Sort(IReadOnlyCollection<Operation> history)
    {
        foreach (var operation in history)
        {
            switch (operation)
            {
                case ReadOperation read:
                    _reads.Add(read);
                    break;
                case AppendOperation append when !_appends.TryAdd(append.Value, append):
                    throw new ArgumentException($"value {append.Value} was proposed twice", nameof(history));
                case AppendOperation { Status: AppendStatus.Stale } stale:
                    _stale.Add(stale);
                    break;
                default:
                    break;
            }
        }

        var settled = _appends.Values.Where(a => a.Status == AppendStatus.Committed).Select(a => a.End).DefaultIfEmpty().Max();
        if (!_reads.Exists(r => r.Start > settled))
        {
            throw new ArgumentException("the history has no read that began after the last acknowledgement", nameof(history));
        }

        _order = _reads.MaxBy(r => r.Seen.Length)!.Seen;
    }

    /// <summary>The longest list: grows by index, holds what was proposed, once, and each entry behind the version that it expected.</summary>
    private void CheckOrder()
    {
        var seen = new HashSet<long>();
        for (var i = 0; i < _order.Length; i++)
        {
            var (index, value) = _order.Span[i];
            var before = i == 0 ? 0 : _order.Span[i - 1].Index;
            Require(index > before, () => $"entry {index} comes behind entry {before}");
            _places.TryAdd(index, i + 1);
            Require(seen.Add(value), () => $"value {value} took effect twice, the second time at {index}");
            if (!_appends.TryGetValue(value, out var append))
            {
                Require(false, () => $"entry {index} has value {value}, which nobody proposed");
                continue;
            }

            Require(append.Status is AppendStatus.Committed or AppendStatus.Unknown, () => $"{append} was refused, but took effect at {index}");
            Require(append.Status != AppendStatus.Committed || append.Index == index, () => $"{append} took effect at {index}");
            Require(append.Expected == LogVersion.Any || append.Expected == before, () => $"{append} took effect behind {before}");
        }

        foreach (var lost in _appends.Values.Where(a => a.Status == AppendStatus.Committed && !seen.Contains(a.Value)))
        {
            Require(false, () => $"{lost} was acknowledged, but is in no read");
        }
    }

    /// <summary>One order: every list is the beginning of the longest.</summary>
    private void CheckReads()
    {
        foreach (var read in _reads)
        {
            if (!MemoryMarshal.AsBytes(read.Seen.Span).SequenceEqual(MemoryMarshal.AsBytes(_order.Span[..read.Seen.Length])))
            {
                var at = read.Seen.Span.CommonPrefixLength(_order.Span);
                Require(false, () => $"{read} has {read.Seen.Span[at]} as its entry number {at + 1}, the longest read {_order.Span[at]}");
            }
        }
    }

    private void CheckAnswers()
    {
        foreach (var stale in _stale)
        {
            Require(stale.Expected != LogVersion.Any && stale.Index != stale.Expected && _places.ContainsKey(stale.Index), () => $"{stale} names a version that cannot be");
        }
    }

    private void Require(bool condition, Func<string> violation)
    {
        if (!condition && _violations.Count < ViolationsMax)
        {
            _violations.Add(violation());
        }
    }
}
