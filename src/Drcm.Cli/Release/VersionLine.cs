using System.Text.Json.Serialization;

namespace Drcm.Cli.Release;

/// <param name="Daemon">Release of the local daemon; null: none answers.</param>
internal sealed record VersionLine(string Drcm, string? Daemon, string? Node);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(VersionLine))]
internal sealed partial class VersionJson : JsonSerializerContext;
