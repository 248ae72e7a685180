using System.Text.Json.Serialization;

namespace Drcm.Cli.Configuration;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(CheckReport))]
[JsonSerializable(typeof(ShowReport))]
[JsonSerializable(typeof(TemplateReport))]
internal sealed partial class ConfigJson : JsonSerializerContext;
