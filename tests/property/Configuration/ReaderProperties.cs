using Xunit;
using System.Text;
using Drcm.StateMachine.Configuration;
using FsCheck;
using FsCheck.Fluent;

namespace Drcm.Property.Tests.Configuration;

public sealed class ReaderProperties
{
    private static readonly string[] Files =
        ["cm.cfg", "bad.cfg", "cm_2_node_example.cfg", "cm_generated_template.cfg"];

    /// <summary>What an edit may put into a file.</summary>
    private static readonly string[] Splinters =
    [
        "", "=", ",", "#", "\\#", "[", "]", "\n", "\n[CM_NODE]\n", "\n[CM_SERVER]\n", "[CM_OPTIONS]\n", ":", "0", "-1", ";",
        "99999999999999999999", "\0", "\uD800", "lease_ms = 1\n", "voter = 0\n", "witness = 1\n", "ip:web1, exclusive=no\n", "%",
    ];

    [FsCheck.Xunit.Property(MaxTest = 300)]
    public void Read_AnyText_NeverThrows(string? text) => ReadAll(text ?? "");

    [FsCheck.Xunit.Property(MaxTest = 100)]
    public void Read_MutatedExample_NeverThrowsAndItsCanonicalFormIsStable(
        NonNegativeInt file, NonEmptyArray<(NonNegativeInt Position, NonNegativeInt Splinter, byte Cut)> edits)
    {
        var text = new StringBuilder(TestData.Read(Files[file.Get % Files.Length]));
        foreach (var (position, splinter, cut) in edits.Get)
        {
            var at = (int)((long)position.Get * 7919 % (text.Length + 1));
            text.Remove(at, Math.Min(cut % 40, text.Length - at));
            text.Insert(at, Splinters[splinter.Get % Splinters.Length]);
        }

        ReadAll(text.ToString());
    }

    [FsCheck.Xunit.Property(MaxTest = 100)]
    public FsCheck.Property Read_RenderedDefinition_IsThatDefinition() => Prop.ForAll(Definitions.Any(), definition =>
    {
        var text = CanonicalText.Render(definition);
        var file = CmConfigReader.Read(text);

        Assert.Empty(file.Diagnostics.Where(d => d.Severity == Severity.Error).Select(d => d.Render("cm.cfg")));
        Assert.Equal(text, CanonicalText.Render(file.Definition!));
        AssertSame(definition, file.Definition!);
    });

    private static void ReadAll(string text)
    {
        var file = CmConfigReader.Read(text);
        if (file.Definition is not { } definition) return;
        var canonical = CanonicalText.Render(definition);
        var again = CmConfigReader.Read(canonical);
        Assert.Empty(again.Diagnostics.Where(d => d.Severity == Severity.Error && !IsKeptOnPurpose(d)).Select(d => d.Render("cm.cfg")));
        Assert.Equal(canonical, CanonicalText.Render(again.Definition!));
        Assert.Equal(ConfigDigest.Of(definition), ConfigDigest.Of(again.Definition!));
        Assert.NotEmpty(ConfigSummary.Of(definition).Lines());
    }

    /// <summary>Errors that warn of a definition without leaving anything out of it.</summary>
    private static bool IsKeptOnPurpose(Diagnostic finding) =>
        finding.What.Contains("a single lost datagram", StringComparison.Ordinal) ||
        finding.What.StartsWith("election_timeout_ms is", StringComparison.Ordinal);

    /// <summary>By value; the records themselves compare their arrays by reference.</summary>
    private static void AssertSame(ClusterDefinition expected, ClusterDefinition actual)
    {
        Assert.Equal(expected.Timing, actual.Timing);
        Assert.Equal(expected.Failback, actual.Failback);
        Assert.Equal((expected.UdpPort, expected.TcpPort), (actual.UdpPort, actual.TcpPort));
        Assert.Equal(expected.Resources, actual.Resources);
        Assert.Equal(expected.Nodes.Length, actual.Nodes.Length);
        foreach (var (e, a) in expected.Nodes.Zip(actual.Nodes))
        {
            Assert.Equal(e.KeepAliveAddresses, a.KeepAliveAddresses);
            Assert.Equal(e.HomeResources, a.HomeResources);
            Assert.Equal(e.Backups, a.Backups);
            Assert.Equal(e.CheckIntervals.AsEnumerable(), a.CheckIntervals.AsEnumerable());
            Assert.Equal(e with
            {
                KeepAliveAddresses = a.KeepAliveAddresses, HomeResources = a.HomeResources, Backups = a.Backups,
                CheckIntervals = a.CheckIntervals,
            }, a);
        }
    }
}
