using Drcm.Consensus;

namespace Drcm.Simulation.Linear;

/// <summary>Given the order of the appends, is there a moment for each operation within its span? Each append gets its earliest possible one; whatever
/// else could be chosen only pushes later ones back, so when these do not fit, none do.</summary>
internal sealed partial class HistoryChecker
{
    private void CheckTimes()
    {
        var bounds = new (long Time, Operation? Cause)[_order.Length + 1];
        for (var place = 1; place <= _order.Length; place++)
        {
            Raise(ref bounds[place], At(place));
        }

        // A read that saw fewer entries comes before the next one.
        foreach (var read in _reads.Where(r => r.Seen.Length < _order.Length))
        {
            Raise(ref bounds[read.Seen.Length + 1], read);
        }

        var times = Earliest(bounds);
        while (ForceStale(bounds, times))
        {
            times = Earliest(bounds);
        }

        for (var place = 1; place <= _order.Length; place++)
        {
            var (append, time) = (At(place), times[place]);
            Require(time.Time <= append.Deadline, () => $"{append} had ended before {time.Cause} began, which comes first in the order");
        }

        foreach (var read in _reads)
        {
            var time = times[read.Seen.Length];
            Require(time.Time <= read.End, () => $"{read} had ended before {time.Cause} began, which comes first in the order");
        }

        foreach (var stale in _stale)
        {
            var time = times[_places[stale.Index]];
            Require(time.Time <= stale.End, () => $"{stale} had ended before {time.Cause} began, which comes first in the order");
        }
    }

    /// <summary>A refusal that names an older version than expected was decided before the expected one took effect, or after its successor did.
    /// Where only the former is possible, the expected one came after the refusal's start.</summary>
    private bool ForceStale((long Time, Operation? Cause)[] bounds, (long Time, Operation? Cause)[] times)
    {
        var isForced = false;
        foreach (var stale in _stale)
        {
            if (_places.TryGetValue(stale.Expected, out var expected) && expected > _places[stale.Index] && !IsOver(stale, expected, times)
                && bounds[expected].Time < stale.Start)
            {
                Raise(ref bounds[expected], stale);
                isForced = true;
            }
        }

        return isForced;
    }

    /// <summary>The successor of the expected version can have taken effect before the answer.</summary>
    private static bool IsOver(AppendOperation stale, int expected, (long Time, Operation? Cause)[] times) =>
        expected + 1 < times.Length && times[expected + 1].Time <= stale.End;

    private AppendOperation At(int place) => _appends[_order.Span[place - 1].Value];

    private static void Raise(ref (long Time, Operation? Cause) bound, Operation cause)
    {
        if (bound.Cause is null || cause.Start > bound.Time)
        {
            bound = (cause.Start, cause);
        }
    }

    private static (long Time, Operation? Cause)[] Earliest((long Time, Operation? Cause)[] bounds)
    {
        var times = new (long Time, Operation? Cause)[bounds.Length];
        times[0] = (long.MinValue, null);
        for (var place = 1; place < bounds.Length; place++)
        {
            times[place] = bounds[place].Time > times[place - 1].Time ? bounds[place] : times[place - 1];
        }

        return times;
    }
}
