using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Events;
using Xunit;

namespace Drcm.Integration.Tests.Keys;

/// <summary>O22 on real daemons: a new auth key under way, and nobody is missed.</summary>
public sealed class RotationTests
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rotate_AFollowerKilledInEveryStep_NobodyIsDownTheLeaderStaysAndTheOldKeyIsRefused()
    {
        using var cluster = new KeyCluster();
        var before = await StartAsync(cluster);
        var (leader, victim) = (before.Cluster.Leader!, KeyCluster.Names.First(n => n != before.Cluster.Leader));
        var asked = KeyCluster.Names.Last(n => n != leader);

        var begun = await cluster.Client(asked).RotateKeyAsync(Test);
        foreach (var step in new[] { "none", "accept_both", "send_new", "retire_old" })
        {
            if (step != "none") await cluster.UntilAsync(leader, step, s => Has(s.Key!, step), Test);
            cluster.Kill(victim);
            cluster.Start(victim);
        }
        foreach (var name in KeyCluster.Names)
            await cluster.UntilAsync(name, "done with the new key", s => s.Key is { RotatesTo: null } key && key.Fingerprint == begun.Fingerprint, Test);

        var after = await cluster.UntilAsync(leader, "all heard", s => s.Nodes.All(n => n.Name == leader || n.HeardMs < 2000), Test);
        Assert.Equal((leader, before.Cluster.Term), (after.Cluster.Leader, after.Cluster.Term));
        var events = await EventsAsync(cluster, leader);
        Assert.DoesNotContain(events, e => e.Event == "node.down");
        Assert.Equal(4, events.Count(e => e.Event == "key.rotation_advanced" && e.Detail!.Contains(begun.Fingerprint, StringComparison.Ordinal)));
        AssertFiles(cluster);
        await AssertOldKeyRefusedAsync(cluster, leader, victim);
    }

    /// <summary>The next leader goes on where the old one was: the steps are in the log, the key is on every disk.</summary>
    [Fact]
    public async Task Rotate_TheLeaderKilledInTheMiddle_TheNextOneGoesOn()
    {
        using var cluster = new KeyCluster();
        var before = await StartAsync(cluster);
        var leader = before.Cluster.Leader!;
        var other = KeyCluster.Names.First(n => n != leader);

        var begun = await cluster.Client(other).RotateKeyAsync(Test);
        await cluster.UntilAsync(other, "accepting both", s => Has(s.Key!, "accept_both"), Test);
        cluster.Kill(leader);
        await cluster.UntilAsync(other, "another leader", s => s.Cluster.Leader is { } next && next != leader, Test);
        cluster.Start(leader);

        foreach (var name in KeyCluster.Names)
            await cluster.UntilAsync(name, "done with the new key", s => s.Key is { RotatesTo: null } key && key.Fingerprint == begun.Fingerprint, Test);
        Assert.DoesNotContain(await EventsAsync(cluster, other), e => e.Event == "node.down");
        AssertFiles(cluster);
    }

    private static async Task<ClusterStatus> StartAsync(KeyCluster cluster)
    {
        foreach (var name in KeyCluster.Names) cluster.Start(name);
        await cluster.UntilAllUpAsync(Test);
        return await cluster.UntilAsync(KeyCluster.Names[0], "led", s => s.Cluster.Leader is not null, Test);
    }

    /// <summary>That step, or a later one.</summary>
    private static bool Has(KeyLine key, string step)
    {
        string[] order = ["accept_both", "send_new", "retire_old", "done"];
        return key.RotatesTo is not null && Array.IndexOf(order, key.Step) >= Array.IndexOf(order, step);
    }

    private static async Task<List<EventLine>> EventsAsync(KeyCluster cluster, string node)
    {
        List<EventLine> events = [];
        await foreach (var line in cluster.Client(node).EventsAsync(new ControlRequest(ControlProtocol.Version, ControlProtocol.Events), Test)) events.Add(line);
        return events;
    }

    private static void AssertFiles(KeyCluster cluster)
    {
        var keys = KeyCluster.Names.Select(n => Convert.ToHexString(File.ReadAllBytes(cluster.KeyFile(n)))).Distinct().ToArray();
        Assert.NotEqual(Convert.ToHexString(cluster.OldKey), Assert.Single(keys));
        var sample = Convert.FromHexString(keys[0]).AsSpan(0, 16).ToArray();
        foreach (var name in KeyCluster.Names)
        {
            Assert.Equal(AuthKeyRules.FileMode, File.GetUnixFileMode(cluster.KeyFile(name)));
            Assert.False(File.Exists(cluster.KeyFile(name) + ".next") || File.Exists(cluster.KeyFile(name) + ".previous"), $"{name} keeps a key that is not in use");
            foreach (var file in cluster.SpoolFiles(name))
                Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf(sample) < 0, $"the key is in {file}");
        }
    }

    /// <summary>A node that comes with the old key is named, and is in again with the new file.</summary>
    private static async Task AssertOldKeyRefusedAsync(KeyCluster cluster, string leader, string victim)
    {
        var newKey = await File.ReadAllBytesAsync(cluster.KeyFile(victim), Test);
        cluster.Kill(victim);
        cluster.WriteKey(victim, cluster.OldKey);
        cluster.Start(victim);
        await cluster.UntilAsync(leader, "refusing the old key", s => s.Refused.Any(r => r.Node == victim && r.Reason.Contains("auth key", StringComparison.Ordinal)), Test);
        cluster.Kill(victim);
        cluster.WriteKey(victim, newKey);
        cluster.Start(victim);
        await cluster.UntilAsync(leader, "hearing it again", s => s.Nodes.Single(n => n.Name == victim).HeardMs < 2000, Test);
    }
}
