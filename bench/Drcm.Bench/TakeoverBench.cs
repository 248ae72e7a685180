using System.Globalization;
using Drcm.Integration.Tests.Stories.Clusters;

namespace Drcm.Bench;

/// <summary>How long a client of a floating address waits when its host is gone at once.</summary>
internal static class TakeoverBench
{
    public const int RunsDefault = 10;

    private static readonly TimeSpan RestartPause = TimeSpan.FromMilliseconds(200);

    /// <param name="whose">Which host goes: the leader's, or another's.</param>
    /// <param name="how">What becomes of it.</param>
    /// <param name="holdsAudit">Nobody can write his audit history meanwhile: it must not show.</param>
    public static async Task RunAsync(ClusterTiming timing, int runs, Victim whose, Fate how = Fate.PowerOff, bool holdsAudit = false)
    {
        await using var cluster = await ClusterOfHosts.StartAsync(timing, ClusterConfiguration.Text(timing), _ => { }, CancellationToken.None);
        using var held = holdsAudit ? await HeldAudits.TakeAsync(cluster) : null;
        using var observer = cluster.Observe();
        var answers = new List<double>();
        var silences = new List<double>();
        for (var run = 1; run <= runs; run++)
        {
            var (answer, silence) = await OnceAsync(cluster, whose, how);
            answers.Add(answer.TotalMilliseconds);
            silences.Add(silence.TotalMilliseconds);
            Console.WriteLine($"run {run,3}: {answer.TotalMilliseconds,7:0} ms, client silent for {silence.TotalMilliseconds:0} ms");
        }
        Console.WriteLine();
        Console.WriteLine($"{"",-32}{"min",9}{"median",9}{"max",9}");
        Row($"{(how == Fate.PowerOff ? "host gone" : "daemon frozen")} to first answer, ms", answers);
        Row("silence as the client saw it, ms", silences);
        Console.WriteLine($"D = {timing.DeadAfter.TotalMilliseconds:0} ms ({timing.DeadCount} x {timing.IntervalMs} ms); "
            + $"samples with two holders: {observer.DoubleSamples} of {observer.Samples}");
    }

    private static async Task<(TimeSpan Answer, TimeSpan Silence)> OnceAsync(ClusterOfHosts cluster, Victim whose, Fate how)
    {
        var none = CancellationToken.None;
        await BeHealthyAsync(cluster);
        var leader = await cluster.LeaderAsync(none);
        var victim = cluster.Daemons.First(d => (d.Name == leader) == (whose == Victim.Leader));
        using var asker = cluster.Network.Client.Ask(ClusterConfiguration.AddressOf(victim.Host.Number));
        await cluster.WithinPatienceAsync("the owner answers", ct => asker.FirstAsync(h => h == victim.Name, TimeSpan.Zero, ct), none);
        var gone = cluster.Network.Now;
        if (how == Fate.PowerOff) await victim.PowerOffAsync(none);
        else await victim.FreezeUntilDeadAsync(none);
        var first = await cluster.WithinPatienceAsync("another node answers", ct => asker.FirstAsync(h => h != victim.Name, gone, ct), none);
        var last = asker.Answers.Last(a => a.Host == victim.Name);
        return (first.ReceivedAt - gone, first.ReceivedAt - last.ReceivedAt);
    }

    /// <summary>As their unit would, starts again daemons that were killed: with short leases a start that competes with others for the processor can outlive one.</summary>
    internal static async Task BeHealthyAsync(ClusterOfHosts cluster)
    {
        var none = CancellationToken.None;
        foreach (var daemon in cluster.Daemons.Where(d => !d.Host.IsOn)) await daemon.Host.PowerOnAsync(none);
        var healthy = Task.CompletedTask;
        do
        {
            foreach (var daemon in cluster.Daemons.Where(d => !d.IsRunning)) await daemon.StartAsync(none);
            if (healthy == Task.CompletedTask) healthy = cluster.BeHealthyAsync(none);
        }
        while (await Task.WhenAny(healthy, Task.Delay(RestartPause, none)) != healthy);
        await healthy;
    }

    internal static void Row(string name, List<double> values)
    {
        values.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name,-32}{values[0],9:0}{values[values.Count / 2],9:0}{values[^1],9:0}"));
    }
}

internal enum Victim
{
    Follower,
    Leader,
}

internal enum Fate
{
    PowerOff,

    /// <summary>Its daemon gets SIGSTOP, and no other life: the deadline timer ends it, the guard releases.</summary>
    Freeze,
}
