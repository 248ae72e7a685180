using Drcm.Node.Actions;
using Drcm.Node.Addresses;
using Drcm.Node.Scripts;
using Drcm.Node.Storage;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Reconciliation;
using Microsoft.Extensions.Logging;

namespace Drcm.Node.Startup;

/// <summary>What earlier lives of this node left on it, dealt with before a life of its own or instead of one. Only stops, so it needs no lease;
/// the caller holds the lock of the run directory, so no other daemon is at work.</summary>
internal sealed partial class Leftovers
{
    private readonly ClusterDefinition _definition;
    private readonly RunTableFile _runTable;
    private readonly ActionExecutor _actions;
    private readonly ILogger _logger;
    private readonly bool _isSameBoot;

    public Leftovers(NodeIdentity identity, ILoggerFactory loggers)
    {
        _definition = identity.Definition;
        _runTable = new RunTableFile(identity.Local.RunDir, identity.BootId);
        _isSameBoot = _runTable.IsSameBoot;
        // It only stops, so it asks nobody and needs no lease.
        var addresses = new AddressHolder(new NeighbourProbe());
        _actions = DaemonAssembly.Actions(identity, new StartedGroups(identity.Local.RunDir, _isSameBoot), addresses,
            new ResourceLogs(identity.Local, TimeProvider.System), loggers);
        _logger = loggers.CreateLogger<Leftovers>();
    }

    /// <summary>A power cut takes addresses and processes, but leaves crontabs. After a boot nothing here is owned yet: they go before cron reads them (O21).</summary>
    public Task SweepCrontabsAsync() => _isSameBoot
        ? Task.CompletedTask
        : Task.WhenAll(_definition.Resources.OfType<CrontabDefinition>().Select(SweepAsync));

    /// <summary>A daemon that cannot start cannot keep a lease: what is exclusive goes, so that a backup node that takes it over is its only owner.
    /// The rest runs on.</summary>
    public async Task ReleaseAsync()
    {
        var entries = _runTable.Read().Entries;
        var exclusive = entries.Where(e => _definition.Resources.Any(r => r.IsExclusive && r.Id == e.Slot.Resource)).ToArray();
        if (exclusive.Length == 0) return;
        var released = await Task.WhenAll(exclusive.Select(ReleaseAsync));
        var gone = exclusive.Where((_, i) => released[i]).ToHashSet();
        _runTable.Write(new RunTable([.. entries.Where(e => !gone.Contains(e))]));
    }

    private async Task SweepAsync(CrontabDefinition crontab)
    {
        var slot = new SlotId(crontab.Id, default);
        if ((await RunAsync(ActionKind.Look, crontab, slot, "was it left by an earlier boot")).Outcome != ActionOutcome.Succeeded) return;
        var result = await RunAsync(ActionKind.Stop, crontab, slot, "an earlier boot left it");
        if (result.Outcome == ActionOutcome.Succeeded) LogSwept(crontab.Id);
        else LogNotSwept(crontab.Id, result.Detail);
    }

    private async Task<bool> ReleaseAsync(RunEntry entry)
    {
        var resource = _definition.Resources.First(r => r.Id == entry.Slot.Resource);
        var result = await RunAsync(ActionKind.Stop, resource, entry.Slot, "the daemon cannot start");
        if (result.Outcome == ActionOutcome.Succeeded) LogReleased(resource.Id);
        else LogNotReleased(resource.Id, result.Detail);
        return result.Outcome == ActionOutcome.Succeeded;
    }

    private Task<ActionResult> RunAsync(ActionKind kind, ResourceDefinition resource, SlotId slot, string reason) =>
        _actions.RunAsync(new ActionRequest(0, kind, resource, slot, LogIndex.None, reason), CancellationToken.None);

    [LoggerMessage(2010, LogLevel.Information, "removed {Resource}: an earlier boot left it")]
    private partial void LogSwept(ResourceId resource);

    [LoggerMessage(2011, LogLevel.Error, "could not remove {Resource}, which an earlier boot left: {Reason}; remove it by hand")]
    private partial void LogNotSwept(ResourceId resource, string reason);

    [LoggerMessage(2012, LogLevel.Warning, "released {Resource}: the daemon cannot start")]
    private partial void LogReleased(ResourceId resource);

    [LoggerMessage(2013, LogLevel.Critical, "could not release {Resource}, and the daemon cannot start: {Reason}; stop it by hand before another node takes it over")]
    private partial void LogNotReleased(ResourceId resource, string reason);
}
