using System.Text;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Crontabs;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Reconciliation;

namespace Drcm.Node.Crontabs;

/// <summary>What the log shall hear of runs: those that were due between two owners, and those in progress at the end of an ownership. Only with the guard:
/// without it nobody knows what cron has run.</summary>
internal sealed class CrontabObserver(string runDir, bool isGuarded, TimeProvider wallClock)
{
    private const long SecondsPerMinute = 60;

    /// <summary>After an action on a crontab, on any thread.</summary>
    /// <param name="record">What the log remembers of its slot; null: nothing.</param>
    /// <returns>Null: nothing to tell.</returns>
    public CrontabReport? After(ActionRequest request, ActionResult result, CrontabRecord? record)
    {
        if (!isGuarded || result.Outcome != ActionOutcome.Succeeded || request.Resource is not CrontabDefinition crontab) return null;
        try
        {
            return request.Kind switch
            {
                ActionKind.Start when record is not null => Missed(request, crontab, record),
                ActionKind.Stop => Interrupted(request),
                _ => null,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The template or the run directory went away meanwhile; the monitor says so.
            return null;
        }
    }

    private CrontabReport? Missed(ActionRequest request, CrontabDefinition definition, CrontabRecord record)
    {
        if (record.ReleasedAt == default || record.MissedAt >= request.Token) return null;
        if (FirstMinute.Read(runDir, request.Resource.Id) is not { } first || first.Token != request.Token) return null;
        var text = File.ReadAllText(definition.TemplateFile, Encoding.Latin1);
        var last = DateTimeOffset.FromUnixTimeSeconds(first.Minute * SecondsPerMinute);
        var missed = MissedRuns.Of(Crontab.Read(text, CrontabForms.Of(definition)), record.ReleasedAt, last, wallClock.LocalTimeZone.GetUtcOffset);
        if (missed.Count == 0) return null;
        // Before it is told: the event is the permission to run what stands here.
        if (definition.CatchUp == CatchUp.Once) CatchUpRecord.Owe(runDir, definition.Id, request.Token, missed.Lines, text);
        return new CrontabReport(
            request.Slot, request.Token, CrontabNews.Missed, record.ReleasedAt.ToUnixTimeSeconds(), last.ToUnixTimeSeconds(), missed.Count,
            $"{(missed.Lines.Length == 1 ? "line" : "lines")} {string.Join(", ", missed.Lines)} of {Path.GetFileName(definition.TemplateFile)}");
    }

    private static CrontabReport? Interrupted(ActionRequest request)
    {
        // Without a token it is the look after what an earlier boot left: nothing of it runs.
        if (request.Token == StateMachine.LogIndex.None) return null;
        var (count, detail) = RunningJobs.Of(request.Resource.Id);
        return count == 0 ? null : new CrontabReport(request.Slot, request.Token, CrontabNews.Interrupted, 0, 0, count, detail);
    }
}
