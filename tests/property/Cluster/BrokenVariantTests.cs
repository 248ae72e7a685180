using Drcm.Property.Tests.Decisions;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Decisions;
using Xunit;

namespace Drcm.Property.Tests.Cluster;

/// <summary>A check that never fails proves nothing: each broken variant is caught by the checks of <see cref="SafetyProperties"/>
/// within a bounded number of seeds, by the property that names its rule.</summary>
public sealed class BrokenVariantTests
{
    private const int SeedsMax = 400;
    private const int Steps = 120;

    public static TheoryData<string> ApplyVariants() => [.. BrokenVariants.OfApply.Keys];

    public static TheoryData<string> DecideVariants() => [.. BrokenVariants.OfDecide.Keys];

    [Theory]
    [MemberData(nameof(ApplyVariants))]
    public void Apply_WithOneRuleBroken_IsCaught(string variant) =>
        Assert.StartsWith(BrokenVariants.CaughtBy[variant], FirstViolation(BrokenVariants.OfApply[variant], Decider.Decide));

    [Theory]
    [MemberData(nameof(DecideVariants))]
    public void Decide_WithOneRuleBroken_IsCaught(string variant) =>
        Assert.StartsWith(BrokenVariants.CaughtBy[variant], FirstViolation(Transition.Apply, BrokenVariants.OfDecide[variant]));

    [Fact]
    public void ApplyAndDecide_Unbroken_AreNotCaughtOnTheSameSeeds()
    {
        for (var seed = 0; seed < 60; seed++)
            Assert.Null(new History(seed).Play(Script(seed)).Heal(seed).Violation);
    }

    private static string? FirstViolation(ApplyRule apply, DecideRule decide)
    {
        for (var seed = 0; seed < SeedsMax; seed++)
        {
            if (new History(seed, apply, decide).Play(Script(seed)).Heal(seed).Violation is { } violation) return violation;
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
