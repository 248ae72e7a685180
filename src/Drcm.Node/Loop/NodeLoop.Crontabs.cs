using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.Node.Loop;

/// <content>Missed runs of crontabs that this node owns, run once where <c>catch_up</c> asks for it.</content>
internal sealed partial class NodeLoop
{
    /// <summary>A daemon that was started again reads old events again; what it began before is on record (<see cref="Crontabs.CatchUpRecord"/>), and a
    /// token that is over fails the check of the lease.</summary>
    private void MakeUpForMissed(ImmutableArray<AppliedEvent> events)
    {
        foreach (var applied in events)
        {
            if (!applied.IsEffective || applied.Event.Event is not CronMissed missed) continue;
            if (!_core.State.Slots.TryGetValue(missed.Slot, out var slot) || slot.Owner != _parts.Options.Self || slot.Token != missed.Token) continue;
            if (_core.State.Definition?.Resources.FirstOrDefault(r => r.Id == missed.Slot.Resource) is CrontabDefinition { CatchUp: CatchUp.Once } crontab)
                _ = MakeUpAsync(crontab, missed);
        }
    }

    private async Task MakeUpAsync(CrontabDefinition crontab, CronMissed missed)
    {
        // Off the loop's own thread: the record is a file.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (await _parts.CatchUp.RunAsync(crontab, missed.Token, _stopping.Token) is not { } result || _stopping.IsCancellationRequested) return;
        var report = new CrontabReport(missed.Slot, missed.Token, CrontabNews.CaughtUp, 0, 0, result.Lines, result.Detail);
        Post(now => _core.CrontabNoticed(now, report));
    }
}
