using Drcm.Fuzz;
using Xunit;

namespace Drcm.Integration.Tests.Fuzz;

/// <summary>A short run of what <c>tests/fuzz</c> does with a million inputs; another part of them in every run would make a failure hard to believe.</summary>
public sealed class FuzzTests : IDisposable
{
    private const long Seed = 1;
    private const int Inputs = 1500;

    /// <summary>Each opens a store, or reads a whole cluster.</summary>
    private const int CostlyInputs = 250;
    private const int BrokenInputs = 5000;
    private readonly DirectoryInfo _root = FuzzTargets.CreateRoot();

    public static TheoryData<string> Names()
    {
        var root = FuzzTargets.CreateRoot();
        try
        {
            return [.. FuzzTargets.Make(root.FullName).Select(t => t.Name)];
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Feed_ChangedAndRandomBytes_RefusedAsDocumentedOrTheSameAgain(string name)
    {
        var finding = new FuzzRun(Target(name), Seed, isBroken: false).Run(0, name is "store" or "cm.cfg" ? CostlyInputs : Inputs);
        Assert.True(finding is null, $"{finding?.What}\nagain with dotnet run -c Release --project tests/fuzz -- --target {name} --seed {Seed} --from {finding?.Number} --inputs 1");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void FeedBroken_PlantedMistake_Found(string name) => Assert.NotNull(new FuzzRun(Target(name), Seed, isBroken: true).Run(0, BrokenInputs));

    public void Dispose() => _root.Delete(recursive: true);

    private FuzzTarget Target(string name) => FuzzTargets.Make(_root.FullName).Single(t => t.Name == name);
}
