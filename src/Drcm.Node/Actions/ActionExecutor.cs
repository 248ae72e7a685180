using System.Collections.Concurrent;
using Drcm.Node.Addresses;
using Drcm.Node.Announcements;
using Drcm.Node.Clock;
using Drcm.Node.Crontabs;
using Drcm.Node.Metrics;
using Drcm.Node.Probes;
using Drcm.Node.Scripts;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Reconciliation;
using Microsoft.Extensions.Logging;

namespace Drcm.Node.Actions;

/// <summary>Carries out the reconciler's actions with scripts, probes and announcements. Thread-safe; the reconciler runs at most one action
/// for each resource at a time.</summary>
internal sealed partial class ActionExecutor(
    NodeId self, ScriptRunner runner, ResourceProbe probe, CrontabPlace crontabs, AddressHolder addresses, AddressAnnouncer announcer,
    StartedGroups groups, ResourceLogs logs,
    ILogger<ActionExecutor> logger)
{
    /// <summary>What is left of a start after its stop script: asked to end, then made to.</summary>
    private static readonly TimeSpan LeftoverGrace = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LeftoverLimit = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<long, CancellationTokenSource> _running = new();

    /// <summary>From which interface somebody took an address since it was last asked.</summary>
    public Func<IpAddressDefinition, string?>? TakeRemoval { get; set; }

    /// <summary>Never throws for what a script does; cancelling ends the action as <see cref="Kill"/> does.</summary>
    public async Task<ActionResult> RunAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var began = MonotonicClock.Now;
        var result = await ActAsync(request, cancellationToken);
        NodeMeters.Acted(request, result.Outcome, began);
        return result;
    }

    private async Task<ActionResult> ActAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        using var killed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _running[request.Id] = killed;
        try
        {
            var result = request.Kind switch
            {
                ActionKind.Start => await StartAsync(request, killed.Token),
                ActionKind.Stop => await StopAsync(request, cancellationToken),
                ActionKind.Monitor => await MonitorAsync(request, killed.Token),
                ActionKind.Look => await LookAsync(request, killed.Token),
            };
            if (killed.IsCancellationRequested && request.Kind != ActionKind.Stop)
                return result with { Outcome = ActionOutcome.Killed };
            if (request is { Kind: ActionKind.Start, Resource: IpAddressDefinition ip } && result.Outcome == ActionOutcome.Succeeded)
                _ = AnnounceAsync(ip, cancellationToken);
            return result;
        }
        finally
        {
            _running.TryRemove(request.Id, out _);
        }
    }

    public void Kill(long actionId)
    {
        if (!_running.TryGetValue(actionId, out var killed)) return;
        try
        {
            killed.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself in this moment.
        }
    }

    private async Task<ActionResult> StartAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var result = await CallAsync(request, ScriptAction.Start, cancellationToken);
        if (result.Outcome != ActionOutcome.Succeeded || !CanSee(request.Resource)) return result;
        var seen = await probe.LookAsync(request.Resource, Context(request), cancellationToken);
        if (seen.State != ProbeState.Active)
            return new ActionResult(request.Id, ActionOutcome.Failed, $"the script reported success, but {seen.Why}");
        return result;
    }

    /// <summary>Goes on beside the next actions; ends by itself when the address is gone.</summary>
    private async Task AnnounceAsync(IpAddressDefinition ip, CancellationToken cancellationToken)
    {
        var result = await announcer.AnnounceAsync(ip, cancellationToken);
        if (result.Warning.Length > 0) LogNotAnnounced(result.Warning);
    }

    private async Task<ActionResult> StopAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var result = await CallAsync(request, ScriptAction.Stop, cancellationToken);
        // At once, not one after the other: a stop has one budget, however much was left behind.
        var grace = request.Limit is null ? LeftoverGrace : TimeSpan.Zero;
        var left = groups.Of(request.Resource.Id);
        var died = await Task.WhenAll(left.Select(g => ProcessGroups.KillAndWaitEmptyAsync(g, grace, LeftoverLimit, cancellationToken)));
        if (left.Where((_, i) => !died[i]).FirstOrDefault() is { } living)
            return new ActionResult(request.Id, ActionOutcome.Failed, $"process group {living.Id} does not die");
        groups.Forget(request.Resource.Id);
        if (!CanSee(request.Resource)) return result;
        var seen = await probe.LookAsync(request.Resource, Context(request), cancellationToken);
        if (seen.State == ProbeState.Absent) return new ActionResult(request.Id, ActionOutcome.Succeeded, "");
        return result.Outcome == ActionOutcome.Succeeded
            ? new ActionResult(request.Id, ActionOutcome.Failed, $"the script reported success, but {seen.Why}")
            : result;
    }

    private async Task<ActionResult> MonitorAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        if (request.Resource is not (IpAddressDefinition or CrontabDefinition))
            return await CallAsync(request, ScriptAction.Watch, cancellationToken);
        var seen = await probe.LookAsync(request.Resource, Context(request), cancellationToken);
        if (request.Resource is IpAddressDefinition ip && Removal(ip, seen.State) is { } why) return new ActionResult(request.Id, ActionOutcome.Failed, why);
        return seen.State == ProbeState.Active
            ? new ActionResult(request.Id, ActionOutcome.Succeeded, "")
            : new ActionResult(request.Id, ActionOutcome.Failed, seen.Why);
    }

    /// <summary>What was removed and is back was away all the same: the neighbours have to hear of it again. Of a custom script nobody knows what it removes itself.</summary>
    private string? Removal(IpAddressDefinition ip, ProbeState state) =>
        TakeRemoval?.Invoke(ip) is { } device
        && (state == ProbeState.Absent || (state == ProbeState.Active && BuiltInScript.Is(ip.Script, AddressHolder.BuiltIn)))
            ? $"{ip.Address} was removed from {device}, not by drcm"
            : null;

    /// <summary>Only what is seen to be gone, or what nobody can see, counts as not here.</summary>
    private async Task<ActionResult> LookAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        if (!CanSee(request.Resource)) return new ActionResult(request.Id, ActionOutcome.Failed, "");
        var seen = await probe.LookAsync(request.Resource, Context(request), cancellationToken);
        return seen.State == ProbeState.Absent
            ? new ActionResult(request.Id, ActionOutcome.Failed, "")
            : new ActionResult(request.Id, ActionOutcome.Succeeded, seen.Why);
    }

    private async Task<ActionResult> CallAsync(ActionRequest request, ScriptAction action, CancellationToken cancellationToken)
    {
        if (request.Resource is IpAddressDefinition ip && (action is ScriptAction.Start or ScriptAction.Stop) && BuiltInScript.Is(ip.Script, AddressHolder.BuiltIn))
            return action == ScriptAction.Start ? Told(request, await addresses.StartAsync(ip, cancellationToken)) : Told(request, new TakeResult(addresses.Stop(ip)));
        var resource = request.Resource;
        if (resource is CrontabDefinition crontab && action is ScriptAction.Start or ScriptAction.Stop)
        {
            var step = action == ScriptAction.Start ? crontabs.Start(crontab, request.Token) : crontabs.Stop(crontab);
            if (step.Problem.Length > 0) return new ActionResult(request.Id, ActionOutcome.Failed, step.Problem);
            if (step.Script is null) return new ActionResult(request.Id, ActionOutcome.Succeeded, "");
            resource = step.Script;
        }
        var call = ResourceCalls.For(resource, action, Context(request));
        if (call is null) return new ActionResult(request.Id, ActionOutcome.Succeeded, "");
        if (request.Limit is { } limit) call = call with { Timeout = limit < call.Timeout ? limit : call.Timeout, Grace = TimeSpan.Zero };
        var isAcquiring = action is ScriptAction.Start or ScriptAction.Watch;
        if (isAcquiring) call = call with { OnStarted = group => groups.Remember(request.Resource.Id, group), IsAcquirer = request.Resource.IsExclusive };
        var result = await runner.RunAsync(call, cancellationToken);
        logs.Append(call, result);
        if (isAcquiring) groups.Tidy(request.Resource.Id);
        return result switch
        {
            { Succeeded: true } => new ActionResult(request.Id, ActionOutcome.Succeeded, ""),
            { TimedOut: true } => new ActionResult(request.Id, ActionOutcome.TimedOut, result.Summary),
            _ => new ActionResult(request.Id, ActionOutcome.Failed, result.Summary),
        };
    }

    private static ActionResult Told(ActionRequest request, TakeResult result) => new(
        request.Id,
        result switch
        {
            { Problem: "" } => ActionOutcome.Succeeded,
            { IsConflict: true } => ActionOutcome.Conflicted,
            _ => ActionOutcome.Failed,
        },
        result.Problem);

    private static bool CanSee(ResourceDefinition resource) =>
        resource.Probe == ProbeKind.Script || resource is IpAddressDefinition or CrontabDefinition or FilesystemDefinition;

    [LoggerMessage(2200, LogLevel.Warning, "{Warning}")]
    private partial void LogNotAnnounced(string warning);

    private ScriptContext Context(ActionRequest request) => new(self, request.Token, request.Reason);
}
