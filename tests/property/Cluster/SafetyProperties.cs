using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;
using Drcm.StateMachine;
using FsCheck.Xunit;
using Xunit;

namespace Drcm.Property.Tests.Cluster;

/// <summary>What must hold in every history, over random configurations: valid commands and senseless events, reports of the living,
/// the dead and the late.</summary>
public sealed class SafetyProperties
{
    private const int Histories = 150;
    private const int ScriptBytes = 450;

    [Property(MaxTest = Histories, EndSize = ScriptBytes)]
    public void AtMostOneOwnerPerResource_NoStartBeforeStoppedDeathOrFencing_NoMoveWithoutCause(int seed, byte[] script) =>
        Assert.Null(new History(seed).Play(script).Violation);

    [Property(MaxTest = Histories, EndSize = ScriptBytes)]
    public void EverySlotWithALivingEligibleNodeEndsUpOwned(int seed, byte[] script, byte lost) =>
        Assert.Null(new History(seed).Play(script).Heal(lost).Violation);

    [Property(MaxTest = Histories / 3, EndSize = ScriptBytes)]
    public void ReplayOfTheLogEqualsLiveState_WhateverTheOrderOfCatchingUp(int seed, byte[] script)
    {
        var cluster = new History(seed).Play(script).Cluster;
        var random = new SplitMix64((ulong)(uint)seed);
        var replicas = Enumerable.Repeat(ClusterState.Empty, 3).ToArray();
        var positions = new int[replicas.Length];
        var digests = new SortedDictionary<LogIndex, string>();
        while (positions.Any(p => p < cluster.Log.Count))
        {
            var replica = random.Below(replicas.Length);
            if (positions[replica] == cluster.Log.Count) continue;
            var (index, batch, _) = cluster.Log[positions[replica]++];
            replicas[replica] = Transition.Apply(replicas[replica], index, EventCodec.Decode(EventCodec.Encode(batch))).State;
            var digest = StateDigest.Of(replicas[replica]);
            if (!digests.TryAdd(index, digest)) Assert.Equal(digests[index], digest);
        }
        Assert.All(replicas, r => Assert.Equal(StateDigest.Of(cluster.State), StateDigest.Of(r)));
    }
}
