using Drcm.StateMachine.Control;
using Xunit;

namespace Drcm.Integration.Tests.Cli;

public sealed class TimeTextTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("24h", 24)]
    [InlineData("7d", 168)]
    [InlineData("90m", 1.5)]
    [InlineData("1.5h", 1.5)]
    public void TryParse_Span_IsThatLongAgo(string text, double hours)
    {
        Assert.True(TimeText.TryParse(text, Now, out var at));
        Assert.Equal(Now.AddHours(-hours), at);
    }

    [Fact]
    public void TryParse_TimeWithoutZone_IsLocal()
    {
        Assert.True(TimeText.TryParse("2026-11-22T10:00", Now, out var at));
        Assert.Equal(new DateTime(2026, 11, 22, 10, 0, 0), at.LocalDateTime);
    }

    [Theory]
    [InlineData("")]
    [InlineData("h")]
    [InlineData("-3h")]
    [InlineData("24")]
    [InlineData("99999999d")]
    [InlineData("2026-13-01")]
    public void TryParse_Senseless_IsFalse(string text) => Assert.False(TimeText.TryParse(text, Now, out _));
}
