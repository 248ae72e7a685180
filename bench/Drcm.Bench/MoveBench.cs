using Drcm.Integration.Tests.Stories.Clusters;
using Drcm.TestHosts;

namespace Drcm.Bench;

/// <summary>How long a client of a floating address waits when it moves in order: the owner's daemon is ended (SIGTERM), and started again.</summary>
internal static class MoveBench
{
    public static async Task RunAsync(ClusterTiming timing, int runs)
    {
        var none = CancellationToken.None;
        await using var cluster = await ClusterOfHosts.StartAsync(timing, ClusterConfiguration.Text(timing), _ => { }, none);
        using var observer = cluster.Observe();
        var away = new List<double>();
        var back = new List<double>();
        for (var run = 1; run <= runs; run++)
        {
            await cluster.BeHealthyAsync(none);
            var owner = cluster.Daemons[run % cluster.Daemons.Length];
            using var asker = cluster.Network.Client.Ask(ClusterConfiguration.AddressOf(owner.Host.Number));
            await cluster.WithinPatienceAsync("the owner answers", ct => asker.FirstAsync(h => h == owner.Name, TimeSpan.Zero, ct), none);
            var ended = cluster.Network.Now;
            await owner.TerminateAsync(none);
            away.Add(await SilenceAsync(cluster, asker, h => h != owner.Name, ended));
            var started = cluster.Network.Now;
            await owner.StartAsync(none);
            back.Add(await SilenceAsync(cluster, asker, h => h == owner.Name, started));
            Console.WriteLine($"run {run,3}: away {away[^1],7:0} ms, back {back[^1],7:0} ms");
        }
        Console.WriteLine();
        Console.WriteLine($"{"",-32}{"min",9}{"median",9}{"max",9}");
        TakeoverBench.Row("no answer at the handover, ms", away);
        TakeoverBench.Row("no answer at the failback, ms", back);
        Console.WriteLine($"D = {timing.DeadAfter.TotalMilliseconds:0} ms; samples with two holders: {observer.DoubleSamples} of {observer.Samples}");
    }

    /// <summary>From the last answer of anybody before the new owner's first one to that.</summary>
    private static async Task<double> SilenceAsync(ClusterOfHosts cluster, AddressAsker asker, Func<string, bool> isNew, TimeSpan since)
    {
        var first = await cluster.WithinPatienceAsync("the new owner answers", ct => asker.FirstAsync(isNew, since, ct), CancellationToken.None);
        return (first.ReceivedAt - asker.Answers.Last(a => a.ReceivedAt < first.ReceivedAt).ReceivedAt).TotalMilliseconds;
    }
}
