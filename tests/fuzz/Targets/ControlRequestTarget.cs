using System.Text;
using System.Text.Json;
using Drcm.Node.Control;
using Drcm.StateMachine;
using Drcm.StateMachine.Control;

namespace Drcm.Fuzz.Targets;

/// <summary>A line that a client sends to the daemon.</summary>
internal sealed class ControlRequestTarget() : FuzzTarget("control-request")
{
    public override IReadOnlyList<string> Splinters { get; } =
        ["{", "}", "[[[[[[[[", "\"", "null", ":", ",", "\\u0000", "\\ud800", "1e400", "-1", "99999999999", "\"last\":", "\"since\":\"2026-01-02T03:04:05Z\"", "true", "\"protocol\":1"];

    public override byte[] Sample(SplitMix64 random) => JsonSerializer.SerializeToUtf8Bytes(
        new ControlRequest(
            random.Chance(0.9) ? ControlProtocol.Version : random.Below(5), random.Chance(0.8) ? ControlProtocol.Events : random.Text(10), random.Number(), random.Chance(0.5),
            random.Chance(0.5) ? null : random.Below(ControlProtocol.LastEventsMax), random.Chance(0.5) ? null : new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            random.Chance(0.5) ? null : random.Name(), random.Chance(0.5) ? null : random.Text(20)),
        ControlJson.Default.ControlRequest);

    public override void Feed(byte[] input)
    {
        var (request, refusal) = ControlConnection.Parse(input);
        Require((request is null) != (refusal is null), "neither a request nor a refusal, or both");
        if (request is not null)
        {
            var (again, _) = ControlConnection.Parse(JsonSerializer.SerializeToUtf8Bytes(request, ControlJson.Default.ControlRequest));
            Require(request == again, "what was read is written otherwise");
            _ = EventFilter.Of(request);
        }
        else
        {
            Require(refusal!.Remedy is { Length: > 0 }, "a refusal without a remedy");
        }
    }

    /// <summary>Takes a number for whole.</summary>
    public override void FeedBroken(byte[] input)
    {
        try
        {
            _ = JsonDocument.Parse(Encoding.UTF8.GetString(input)).RootElement.GetProperty("protocol").GetInt32();
        }
        catch (JsonException)
        {
            // As documented.
        }
    }
}
