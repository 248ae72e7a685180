using Drcm.Integration.Tests.Stories.Clusters;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Nodes;
using Drcm.TestHosts;

namespace Drcm.Bench;

/// <summary>How long a client of a floating address waits when it moves in order, there and back.</summary>
internal static class MoveBench
{
    /// <param name="how">Who has it moved.</param>
    public static async Task RunAsync(ClusterTiming timing, int runs, PlannedMove how)
    {
        var none = CancellationToken.None;
        await using var cluster = await ClusterOfHosts.StartAsync(timing, ClusterConfiguration.Text(timing), _ => { }, none);
        using var observer = cluster.Observe();
        var away = new List<double>();
        var back = new List<double>();
        for (var run = 1; run <= runs; run++)
        {
            await TakeoverBench.BeHealthyAsync(cluster);
            var owner = cluster.Daemons[run % cluster.Daemons.Length];
            using var asker = cluster.Network.Client.Ask(ClusterConfiguration.AddressOf(owner.Host.Number));
            await cluster.WithinPatienceAsync("the owner answers", ct => asker.FirstAsync(h => h == owner.Name, TimeSpan.Zero, ct), none);
            var begun = cluster.Network.Now;
            if (how == PlannedMove.Shutdown) await owner.TerminateAsync(none);
            else await AskAsync(owner, Other(cluster, owner).Name);
            away.Add(await SilenceAsync(cluster, asker, h => h != owner.Name, begun));
            begun = cluster.Network.Now;
            if (how == PlannedMove.Shutdown) await owner.StartAsync(none);
            else await AskAsync(owner, to: null);
            back.Add(await SilenceAsync(cluster, asker, h => h == owner.Name, begun));
            Console.WriteLine($"run {run,3}: away {away[^1],7:0} ms, back {back[^1],7:0} ms");
        }
        Console.WriteLine();
        Console.WriteLine($"{"",-32}{"min",9}{"median",9}{"max",9}");
        TakeoverBench.Row("no answer on the way there, ms", away);
        TakeoverBench.Row("no answer on the way back, ms", back);
        Console.WriteLine($"D = {timing.DeadAfter.TotalMilliseconds:0} ms; samples with two holders: {observer.DoubleSamples} of {observer.Samples}");
    }

    private static HostDaemon Other(ClusterOfHosts cluster, HostDaemon owner) => cluster.Daemons.First(d => d != owner);

    /// <param name="to">Null: back to where the rules place it.</param>
    private static async Task AskAsync(HostDaemon owner, string? to)
    {
        var slot = $"ip:front{owner.Host.Number}@{owner.Name}";
        var answer = await owner.Control.CommandAsync(
            new ControlRequest(ControlProtocol.Version, ControlProtocol.ResourceMove, Node: to, Resource: slot), CancellationToken.None);
        if (answer.Outcome != CommandOutcome.Committed) throw new InvalidOperationException($"{slot} was not moved: {string.Join("; ", answer.Lines)}");
    }

    /// <summary>From the last answer of anybody before the new owner's first one to that.</summary>
    private static async Task<double> SilenceAsync(ClusterOfHosts cluster, AddressAsker asker, Func<string, bool> isNew, TimeSpan since)
    {
        var first = await cluster.WithinPatienceAsync("the new owner answers", ct => asker.FirstAsync(isNew, since, ct), CancellationToken.None);
        return (first.ReceivedAt - asker.Answers.Last(a => a.ReceivedAt < first.ReceivedAt).ReceivedAt).TotalMilliseconds;
    }
}

internal enum PlannedMove
{
    /// <summary>An operator: <c>drcm resource move</c>.</summary>
    Operator,

    /// <summary>The owner's daemon is ended with SIGTERM, and started again.</summary>
    Shutdown,
}
