using System.Collections.Immutable;
using System.Text;
using Drcm.Node.Actions;
using Drcm.Node.Clock;
using Drcm.Node.Scripts;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Crontabs;

namespace Drcm.Node.Crontabs;

/// <summary><c>catch_up = once</c>: runs each line that missed runs, once, when the log tells that they were missed. Every run asks for the lease as cron's own
/// do, and its process group is known to the stop of the crontab and to the guard before it begins: unlike cron's own it ends with the ownership.</summary>
internal sealed class CatchUpRunner(string runDir, string bootId, NodeId self, ScriptRunner runner, StartedGroups groups, ResourceLogs logs)
{
    /// <summary>Runs at a time: a long outage must not bring all of a day at once.</summary>
    private const int AtOnceMax = 4;

    private const string Reason = "its time passed while nobody owned the crontab";

    private readonly Lock _lock = new();

    /// <summary>The missed runs of this token were told in the log: that is the permission, good for one time.</summary>
    /// <returns>Null: there was nothing to run, or it was begun before.</returns>
    public async Task<CatchUpResult?> RunAsync(CrontabDefinition crontab, LogIndex token, CancellationToken cancellationToken)
    {
        if (Begin(crontab, token, out var whyNot) is not { } jobs) return whyNot.Length == 0 ? null : new CatchUpResult(0, whyNot);
        var ends = new string[jobs.Length];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, jobs.Length), new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax },
            async (i, _) => ends[i] = $"line {jobs[i].Line}: {await RunAsync(crontab, jobs[i], token, cancellationToken)}");
        return new CatchUpResult(jobs.Length, string.Join("; ", ends));
    }

    /// <summary>Null with the reason: nothing is to be run.</summary>
    private ImmutableArray<CronJob>? Begin(CrontabDefinition crontab, LogIndex token, out string whyNot)
    {
        whyNot = "";
        try
        {
            // First: what an earlier life of the daemon began is nothing to tell of.
            if (!CatchUpRecord.IsOwed(runDir, crontab.Id, token)) return null;
            if (WhyNot(crontab, token) is { } reason)
            {
                whyNot = reason;
                return null;
            }
            var template = File.ReadAllText(crontab.TemplateFile, Encoding.Latin1);
            lock (_lock)
            {
                if (!CatchUpRecord.TryBegin(runDir, crontab.Id, token, template, out var lines, out whyNot)) return null;
                return [.. Crontab.Read(template, CrontabForms.Of(crontab)).Jobs.Where(j => lines.Contains(j.Line))];
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            whyNot = $"{e.Message}; look for a full or read-only file system";
            return null;
        }
    }

    private async Task<string> RunAsync(CrontabDefinition crontab, CronJob job, LogIndex token, CancellationToken cancellationToken)
    {
        // Those that had to wait for others.
        if (WhyNot(crontab, token) is { } whyNot) return $"did not run: {whyNot}";
        var call = CatchUpCall.Of(crontab, job, runDir, new ScriptContext(self, token, Reason)) with { OnStarted = group => groups.Remember(crontab.Id, group) };
        var result = await runner.RunAsync(call, cancellationToken);
        logs.Append(call, result);
        groups.Tidy(crontab.Id);
        return result is { HasStarted: true, ExitCode: CronExec.MayNotRun } ? result.Summary : (result.HasStarted ? result with { Output = "" } : result).Summary;
    }

    /// <summary>Null: this node owns it under this token, now.</summary>
    private string? WhyNot(CrontabDefinition crontab, LogIndex token)
    {
        if (CronPass.Ask(runDir, crontab.Id, bootId, MonotonicClock.Now, FirstMinute.Never, out var whyNot) is not { } pass) return whyNot;
        return pass.Token == token ? null : $"it is owned under token {pass.Token} by now";
    }
}

/// <summary>What came of it.</summary>
/// <param name="Lines">Run, once each; 0: none.</param>
/// <param name="Detail">How each ended, or why none was run.</param>
internal sealed record CatchUpResult(int Lines, string Detail);
