using Drcm.Node.Crontabs;
using Drcm.Node.Scripts;
using Drcm.StateMachine.Configuration;

namespace Drcm.Node.Probes;

/// <summary>Looks whether a resource is here, without changing anything.</summary>
/// <param name="crontabs">What belongs into the places of crontabs; null: their templates.</param>
internal sealed class ResourceProbe(ScriptRunner runner, CrontabPlace? crontabs = null)
{
    /// <summary>What a script answers to <c>status</c> when the resource is not active: that of LSB init scripts.</summary>
    private const int NotActive = 3;

    /// <summary>Built-in looks take well below 5 ms and end at once. With <see cref="ProbeKind.Script"/> the script's
    /// <c>status</c> is run, within the monitor timeout.</summary>
    public Task<ProbeResult> LookAsync(
        ResourceDefinition resource, ScriptContext context, CancellationToken cancellationToken) =>
        resource.Probe == ProbeKind.Script
            ? AskScriptAsync(resource, context, cancellationToken)
            : Task.FromResult(resource is CrontabDefinition cron && crontabs is not null ? crontabs.Look(cron) : Look(resource));

    internal static ProbeResult Look(ResourceDefinition resource) => resource switch
    {
        IpAddressDefinition ip => IpAddressProbe.Look(ip),
        CrontabDefinition cron => CrontabProbe.Look(cron),
        FilesystemDefinition filesystem => FilesystemProbe.Look(filesystem),
        _ => new ProbeResult(
            ProbeState.Unknown, $"{resource.Id} cannot be seen from outside; its script's watch looks after it"),
    };

    private async Task<ProbeResult> AskScriptAsync(
        ResourceDefinition resource, ScriptContext context, CancellationToken cancellationToken)
    {
        if (ResourceCalls.For(resource, ScriptAction.Status, context) is not { } call)
            return new ProbeResult(ProbeState.Unknown, $"{resource.Id} has no script that answers status");
        var result = await runner.RunAsync(call, cancellationToken);
        var state = result switch
        {
            { Succeeded: true } => ProbeState.Active,
            { ExitCode: NotActive, Killed: false } => ProbeState.Absent,
            _ => ProbeState.Unknown,
        };
        return new ProbeResult(state, result.Summary);
    }
}
