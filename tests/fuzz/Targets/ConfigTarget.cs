using System.Text;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;

namespace Drcm.Fuzz.Targets;

/// <summary>cm.cfg, and the canonical text that the log holds.</summary>
internal sealed class ConfigTarget : FuzzTarget
{
    private readonly IReadOnlyList<byte[]> _texts;

    public ConfigTarget()
        : base("cm.cfg") => _texts =
        [
            .. typeof(ConfigTarget).Assembly.GetManifestResourceNames().Where(n => n.EndsWith(".cfg", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(n =>
            {
                using var stream = typeof(ConfigTarget).Assembly.GetManifestResourceStream(n)!;
                using var copy = new MemoryStream();
                stream.CopyTo(copy);
                return copy.ToArray();
            }).Where(t => t.Length < 4 * 1024),
        ];

    public override IReadOnlyList<string> Splinters { get; } =
    [
        "=", ",", "#", "\\#", "[", "]", "\n", "\n[CM_NODE]\n", "\n[CM_SERVER]\n", "[CM_OPTIONS]\n", ":", "0", "-1", ";", "99999999999999999999", "\0",
        "lease_ms = 1\n", "voter = 0\n", "witness = 1\n", "ip:web1, exclusive=no\n", "%", "nodename = ", "hostname = ", "\r\n", "\u00A0", "\uFEFF",
    ];

    /// <summary>Findings with their lines, positions and the canonical text, twice.</summary>
    public override long AllocationMax(int inputBytes) => 32L * 1024 * 1024 + 400L * inputBytes;

    public override byte[] Sample(SplitMix64 random) => [.. _texts[random.Below(_texts.Count)]];

    public override void Feed(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        var file = CmConfigReader.Read(text);
        Require(file.Diagnostics.Length <= CmLimits.DiagnosticsMax + 1, "more findings than the bound allows");
        Require(file.Diagnostics.All(d => d.Render("cm.cfg").Length > 0), "a finding without words");
        if (file.Definition is { } definition)
        {
            var canonical = CanonicalText.Render(definition);
            var again = DefinitionText.Read(canonical);
            Require(again is not null && CanonicalText.Render(again) == canonical, "the canonical text does not come back the same");
            Require(ConfigDigest.Of(again!) == ConfigDigest.Of(definition), "the digest does not come back the same");
        }
    }

    /// <summary>Believes that a line has a value.</summary>
    public override void FeedBroken(byte[] input)
    {
        foreach (var line in Encoding.UTF8.GetString(input).Split('\n').Where(l => l.StartsWith("tcpport", StringComparison.Ordinal)))
        {
            _ = int.Parse(line.Split('=')[1].Trim(), System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
