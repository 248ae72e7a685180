using Drcm.Chaos.Faults;
using Drcm.Chaos.Observation;

namespace Drcm.Chaos.Reports;

/// <summary>Keeps what each step cost.</summary>
internal sealed class StepBook(TimeSpan deadAfter)
{
    /// <summary>Flush, commit, start and the wake-ups between (docs/timing.md, "What a takeover costs").</summary>
    private const double TakeoverMarginMs = 150;

    private readonly SortedDictionary<string, int> _faults = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, OwnerlessLine> _lines = new(StringComparer.Ordinal);

    public SortedDictionary<string, int> Faults => _faults;

    public IReadOnlyList<OwnerlessLine> Lines => [.. _lines.Values];

    /// <param name="isSettled">Else the cluster was still at work when the next step began, and its times say nothing about this one.</param>
    public void Add(FaultStep step, bool isSettled, ResourceWatch watch, TimeSpan client)
    {
        foreach (var fault in step.Faults) _faults[Fault.Words(fault.Kind)] = _faults.GetValueOrDefault(Fault.Words(fault.Kind)) + 1;
        if (!isSettled) return;
        var so = _lines.GetValueOrDefault(step.Kind) ?? new OwnerlessLine(step.Kind, 0, 0, 0, 0, 0, 0, 0, 0);
        double Longer(double ms, Sight sight) => Math.Max(ms, watch.Ownerless(sight).TotalMilliseconds);
        _lines[step.Kind] = so with
        {
            Steps = so.Steps + 1,
            BudgetMs = Math.Max(so.BudgetMs, Budget(step)),
            AddressMs = Longer(so.AddressMs, Sight.AddressPlaced),
            ClientMs = Math.Max(so.ClientMs, client.TotalMilliseconds),
            CustomMs = Longer(so.CustomMs, Sight.CustomAddressPlaced),
            CrontabMs = Longer(so.CrontabMs, Sight.CrontabFile),
            ExclusiveMs = Longer(so.ExclusiveMs, Sight.ExclusiveService),
            ServiceMs = Longer(so.ServiceMs, Sight.SharedService),
        };
    }

    private double Budget(FaultStep step)
    {
        var takeover = deadAfter.TotalMilliseconds + TakeoverMarginMs;
        // Without a majority nobody may own anything: as long as the fault is held, and then a death may still have to be found.
        if (!step.HasMajority) return step.Hold.TotalMilliseconds + takeover;
        return step.Faults.Max(f => f.Kind switch
        {
            FaultKind.KillGuard or FaultKind.SlowScripts => 0,
            // A node that stands still behind the log is withheld from after 2 D (O7).
            FaultKind.DiskFull => (2 * deadAfter.TotalMilliseconds) + takeover,
            _ => takeover,
        });
    }
}
