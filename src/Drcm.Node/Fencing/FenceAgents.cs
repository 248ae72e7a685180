using System.Collections.Immutable;
using Drcm.Node.Scripts;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Decisions;

namespace Drcm.Node.Fencing;

/// <summary>Runs fence agents by their convention (ClusterLabs' FenceAgentAPI): options and action as lines on stdin, exit 0 for success; of
/// <c>status</c> 0 is on, 2 is off.</summary>
internal sealed class FenceAgents(NodeId self, ScriptRunner runner)
{
    private const int StatusOff = 2;

    /// <summary>A management card that has to shut a host down takes its time; more than a minute is a hung agent.</summary>
    private static readonly TimeSpan ActionTimeout = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan StatusTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Switches a node off or reboots it. Never throws for what the agent does or is.</summary>
    /// <returns>Empty: done, and where the agent can tell, seen to be off. Else why not, without secrets.</returns>
    public async Task<string> FenceAsync(FenceStep step, CancellationToken cancellationToken)
    {
        if (Find(step.Agent.Agent) is not { } path) return $"the agent {step.Agent.Agent} is not installed on {self}";
        var done = await RunAsync(path, step, step.Agent.Reboots ? "reboot" : "off", ActionTimeout, cancellationToken);
        if (!done.Succeeded) return step.Agent.WithoutSecrets(done.Summary);
        if (step.Agent.Reboots) return "";
        var status = await RunAsync(path, step, "status", StatusTimeout, cancellationToken);
        // Not every device can tell; one that says "on" contradicts itself.
        return status.Succeeded ? $"the agent reports success, but its status is on, not off (exit {StatusOff})" : "";
    }

    private Task<ScriptResult> RunAsync(string path, FenceStep step, string action, TimeSpan timeout, CancellationToken cancellationToken) =>
        runner.RunAsync(
            new ScriptCall
            {
                Resource = default,
                Action = ScriptAction.Stop,
                Context = new ScriptContext(self, LogIndex.None, step.Reason),
                Words = [path],
                Timeout = timeout,
                Input = Input(step, action),
            },
            cancellationToken);

    private static string Input(FenceStep step, string action)
    {
        ImmutableArray<string> named = step.Agent.Options.Any(o => o.StartsWith("nodename=", StringComparison.Ordinal)) ? [] : [$"nodename={step.Node}"];
        return string.Concat(step.Agent.Options.Concat(named).Append($"action={action}").Select(line => line + "\n"));
    }

    private static string? Find(string agent) => agent.StartsWith('/')
        ? File.Exists(agent) ? agent : null
        : ScriptEnvironment.StandardPath.Split(':').Select(d => $"{d}/{agent}").FirstOrDefault(File.Exists);
}
