using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using FsCheck.Xunit;
using Xunit;

namespace Drcm.Property.Tests.Cluster.Snapshots;

/// <summary>O13: a node that came by a snapshot stands where one stands that has read everything, at that entry and at each that follows.</summary>
public sealed class SnapshotProperties
{
    private const int SeedsMax = 400;
    private const int Steps = 120;

    public static TheoryData<string> Forgetful() => [.. ForgetfulSnapshots.All.Keys];

    [Property(MaxTest = 100, EndSize = 450)]
    public void SnapshotPlusTailEqualsFullReplay(int seed, byte[] script) =>
        Assert.Null(FirstDifference(new History(seed).Play(script), seed, s => s));

    [Theory]
    [MemberData(nameof(Forgetful))]
    public void SnapshotPlusTail_OfAForgetfulSnapshot_IsCaught(string variant)
    {
        var forget = ForgetfulSnapshots.All[variant];
        Assert.Contains(Enumerable.Range(0, SeedsMax), seed => FirstDifference(new History(seed).Play(Script(seed)), seed, forget) is not null);
    }

    /// <summary>Replays the history beside itself, taking a snapshot and going on from it wherever the seed says so.</summary>
    private static string? FirstDifference(History history, int seed, Func<ClusterState, ClusterState> forget)
    {
        var random = new SplitMix64((ulong)(uint)seed);
        var full = ClusterState.Empty;
        var restored = ClusterState.Empty;
        foreach (var (index, batch, _) in history.Cluster.Log)
        {
            var expected = Transition.Apply(full, index, batch);
            var applied = Transition.Apply(restored, index, batch);
            full = expected.State;
            restored = applied.State;
            // What an entry did must be the same too: audit rows and events tell of it.
            for (var i = 0; i < expected.Events.Length; i++)
            {
                if (expected.Events[i] != applied.Events[i]) return $"{index}: {applied.Events[i]} instead of {expected.Events[i]}";
            }
            if (StateDigest.Of(full) != StateDigest.Of(restored)) return $"{index}: the digests differ";
            if (!full.Holders.SequenceEqual(restored.Holders)) return $"{index}: the holders differ";
            if (random.Below(8) != 0) continue;
            restored = StateSnapshot.Decode(StateSnapshot.Encode(forget(restored)));
            // The entry comes again behind its snapshot, as when a reader starts one too early.
            var again = Transition.Apply(restored, index, batch);
            if (again.Events.Any(e => e.IsEffective)) return $"{index}: took effect again behind its own snapshot";
            restored = again.State;
        }
        return null;
    }

    private static byte[] Script(int seed)
    {
        var random = new SplitMix64((ulong)seed + 7);
        var script = new byte[3 * Steps];
        for (var i = 0; i < script.Length; i++) script[i] = (byte)random.Below(256);
        return script;
    }
}
