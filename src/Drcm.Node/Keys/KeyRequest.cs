using System.Text.Json;
using System.Text.Json.Serialization;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Events;

namespace Drcm.Node.Keys;

/// <summary>Between nodes, kind 17 of the requests over the mutual TLS channel.</summary>
/// <param name="Verb"><c>rotate</c>: begin, or tell how far it is; to the leader. <c>progress</c>: tell. <c>take</c>: accept <paramref name="Key"/>.
/// <c>confirm</c>: do you hold to <paramref name="Step"/>? <c>give</c>: I lack the key of that name.</param>
internal sealed record KeyRequest(string Verb, string Fingerprint = "", KeyStep Step = KeyStep.None, byte[]? Key = null)
{
    public const byte Kind = 17;

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, KeyJson.Default.KeyRequest);

    public static KeyRequest Read(ReadOnlyMemory<byte> bytes) =>
        JsonSerializer.Deserialize(bytes.Span, KeyJson.Default.KeyRequest) ?? throw new JsonException("an empty request");
}

/// <param name="IsDone">Taken, or confirmed.</param>
/// <param name="Why">Why not.</param>
internal sealed record KeyAnswer(bool IsDone, string Why = "", byte[]? Key = null, KeyProgress? Progress = null)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, KeyJson.Default.KeyAnswer);

    public static KeyAnswer Read(ReadOnlyMemory<byte> bytes) =>
        JsonSerializer.Deserialize(bytes.Span, KeyJson.Default.KeyAnswer) ?? throw new JsonException("an empty answer");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(KeyRequest))]
[JsonSerializable(typeof(KeyAnswer))]
internal sealed partial class KeyJson : JsonSerializerContext;
