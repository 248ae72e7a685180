using System.Globalization;
using Drcm.StateMachine.Crontabs;
using FsCheck;
using Xunit;

namespace Drcm.Property.Tests.Crontabs;

public sealed class MissedRunsTests
{
    [Theory]
    // A takeover over a full hour: the minutely line, the hourly one, not the nightly one.
    [InlineData("* * * * * r a\n0 * * * * r b\n0 3 * * * r c\n@reboot r d\n", "2026-11-24 06:58:59.5", "2026-11-24 07:00:00", 3, "1, 2")]
    // What is due in the minute of the installation counts; what was due as the owner let go was run by it.
    [InlineData("0 7 * * * r a\n", "2026-11-24 06:59:59", "2026-11-24 07:00:00", 1, "1")]
    [InlineData("0 7 * * * r a\n", "2026-11-24 07:00:00.1", "2026-11-24 07:00:00", 0, "")]
    [InlineData("0 7 * * * r a\n", "2026-11-24 07:00:00", "2026-11-24 07:00:00", 1, "1")]
    [InlineData("30 7 * * * r a\n", "2026-11-24 06:59:59", "2026-11-24 07:29:00", 0, "")]
    [InlineData("CRON_TZ=UTC\n* * * * * r a\n", "2026-11-24 06:59:59", "2026-11-24 07:29:00", 0, "")]
    public void Of_KnownStretches(string template, string from, string last, int count, string lines)
    {
        var missed = MissedRuns.Of(Crontab.Read(template, CrontabForm.System), Time(from), Time(last), _ => TimeSpan.Zero);

        Assert.Equal((count, lines), (missed.Count, string.Join(", ", missed.Lines)));
    }

    /// <summary>Berlin, 2026: the clock skips 02:00 to 03:00 on 29 March and repeats it on 25 October.</summary>
    [Theory]
    [InlineData("30 2 * * * r a\n", "2026-03-29 00:00", "2026-03-29 12:00", 1)]
    [InlineData("30 3 * * * r a\n", "2026-03-29 00:00", "2026-03-29 12:00", 1)]
    [InlineData("*/30 * * * * r a\n", "2026-03-29 00:00", "2026-03-29 01:59", 4)]
    [InlineData("30 2 * * * r a\n", "2026-10-24 22:00", "2026-10-25 12:00", 1)]
    [InlineData("30 * * * * r a\n", "2026-10-25 00:00", "2026-10-25 01:59", 2)]
    public void Of_ClockChanges_RunFixedTimesOnce(string template, string from, string last, int count)
    {
        var berlin = TimeZoneInfo.CreateCustomTimeZone("B", TimeSpan.FromHours(1), "B", "B", "B",
        [
            TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
                new DateTime(2026, 1, 1), new DateTime(2026, 12, 31), TimeSpan.FromHours(1),
                TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 29),
                TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 25)),
        ]);

        Assert.Equal(count, MissedRuns.Of(Crontab.Read(template, CrontabForm.System), Time(from), Time(last), berlin.GetUtcOffset).Count);
    }

    [Fact]
    public void Of_AYear_LooksAtItsLastWeek() => Assert.Equal(
        MissedRuns.MinutesMax + 1,
        MissedRuns.Of(Crontab.Read("* * * * * r a\n", CrontabForm.System), Time("2025-11-24 00:00"), Time("2026-11-24 00:00"), _ => TimeSpan.Zero).Count);

    /// <summary>TwoNeighbouringStretchesTogetherAreTheWholeOne: nothing is missed twice, nothing falls between.</summary>
    [FsCheck.Xunit.Property(MaxTest = 100)]
    public void Of_NeighbouringStretches_AddUp(NonNegativeInt a, NonNegativeInt b, NonNegativeInt seconds)
    {
        var crontab = Crontab.Read("* * * * * r a\n*/7 * * * * r b\n0 * * * * r c\n", CrontabForm.System);
        var from = Time("2026-11-24 06:58").AddSeconds(seconds.Get % 100);
        var middle = Minute(from).AddMinutes(a.Get % 200);
        var last = middle.AddMinutes(b.Get % 200);

        var whole = MissedRuns.Of(crontab, from, last, _ => TimeSpan.Zero).Count;

        Assert.Equal(whole, MissedRuns.Of(crontab, from, middle, _ => TimeSpan.Zero).Count + MissedRuns.Of(crontab, middle.AddSeconds(1), last, _ => TimeSpan.Zero).Count);
    }

    private static DateTimeOffset Minute(DateTimeOffset time) => new(time.UtcTicks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
