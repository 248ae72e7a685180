using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Drcm.Simulation.Cluster;
using Xunit;

namespace Drcm.Property.Tests.Tidy;

/// <summary>docs/correctness.md says for each rule of the ownership protocol what misses it. What it names is there, and nothing that is there is left out.</summary>
public sealed partial class RuleTableTests
{
    private const int RulesMax = 22;
    private const int PairRulesMax = 6;

    private static readonly string Root = Path.GetFullPath(Path.Combine(Here(), "../../.."));

    [Fact]
    public void Table_EveryRule_HasSomethingThatMissesIt()
    {
        var rows = Rows();

        var rules = Enumerable.Range(1, RulesMax).Select(n => $"O{n}").Concat(Enumerable.Range(1, PairRulesMax).Select(n => $"T{n}"));
        Assert.Equal(rules, rows.Select(r => r.Rule));
        Assert.All(rows, r => Assert.NotEmpty(r.Names));
    }

    [Fact]
    public void Table_BrokenClusters_AreAllThereAndNoOthers() => Assert.Equal(
        ClusterBreaks.All.Keys, Rows().SelectMany(r => r.Names).Where(n => !n.Contains('.')).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Table_Tests_Exist()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*.cs", SearchOption.AllDirectories).ToLookup(Path.GetFileNameWithoutExtension);

        Assert.All(Rows().SelectMany(r => r.Names).Where(n => n.Contains('.')), name =>
            Assert.Contains(files[name.Split('.')[0]], file => File.ReadAllText(file).Contains($" {name.Split('.')[1]}(", StringComparison.Ordinal)));
    }

    private static List<(string Rule, List<string> Names)> Rows() =>
    [
        .. File.ReadLines(Path.Combine(Root, "docs/correctness.md")).Select(l => RowPattern().Match(l)).Where(m => m.Success)
            .Select(m => (m.Groups["rule"].Value, NamePattern().Matches(m.Groups["names"].Value).Select(n => n.Groups["name"].Value).ToList())),
    ];

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    [GeneratedRegex(@"^\| (?<rule>[OT]\d+) \|[^|]*\|(?<names>[^|]*)\|$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RowPattern();

    [GeneratedRegex("`(?<name>[A-Za-z_.-]+)`", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamePattern();
}
