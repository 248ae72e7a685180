using System.Globalization;
using Drcm.StateMachine.Crontabs;
using Xunit;

namespace Drcm.Property.Tests.Crontabs;

public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("* * * * *", "2026-11-24 07:13", true)]
    [InlineData("*/15 * * * *", "2026-11-24 07:45", true)]
    [InlineData("*/15 * * * *", "2026-11-24 07:46", false)]
    [InlineData("5-10/2 * * * *", "2026-11-24 07:07", true)]
    [InlineData("5-10/2 * * * *", "2026-11-24 07:08", false)]
    [InlineData("0 3 * * *", "2026-11-24 03:00", true)]
    [InlineData("0 3 * * *", "2026-11-24 15:00", false)]
    [InlineData("0 0 1,15 * *", "2026-11-15 00:00", true)]
    [InlineData("0 0 * feb-Apr *", "2026-03-09 00:00", true)]
    [InlineData("0 0 * feb-Apr *", "2026-05-09 00:00", false)]
    // Tuesday, the 24th.
    [InlineData("0 0 * * 2", "2026-11-24 00:00", true)]
    [InlineData("0 0 * * tue", "2026-11-24 00:00", true)]
    [InlineData("0 0 * * 7", "2026-11-22 00:00", true)]
    [InlineData("0 0 * * 0", "2026-11-22 00:00", true)]
    [InlineData("0 0 * * 5-7", "2026-11-22 00:00", true)]
    // Both day fields given: either is enough.
    [InlineData("0 0 13 * 5", "2026-11-13 00:00", true)]
    [InlineData("0 0 13 * 5", "2026-11-20 00:00", true)]
    [InlineData("0 0 13 * 2", "2026-12-13 00:00", true)]
    [InlineData("0 0 13 * 5", "2026-11-24 00:00", false)]
    // One begins with a star: both are needed.
    [InlineData("0 0 */2 * 2", "2026-11-24 00:00", false)]
    [InlineData("0 0 */2 * 2", "2026-11-03 00:00", true)]
    [InlineData("@hourly", "2026-11-24 07:00", true)]
    [InlineData("@hourly", "2026-11-24 07:01", false)]
    [InlineData("@daily", "2026-11-24 00:00", true)]
    [InlineData("@Midnight", "2026-11-24 00:00", true)]
    [InlineData("@weekly", "2026-11-22 00:00", true)]
    [InlineData("@monthly", "2026-11-01 00:00", true)]
    [InlineData("@yearly", "2026-01-01 00:00", true)]
    [InlineData("@annually", "2026-11-01 00:00", false)]
    [InlineData("@reboot", "2026-11-24 00:00", false)]
    [InlineData("0~59 * * * *", "2026-11-24 00:00", false)]
    public void IsDueAt_KnownCases(string schedule, string local, bool isDue) =>
        Assert.Equal(isDue, Read(schedule)!.IsDueAt(DateTime.ParseExact(local, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("60 * * * *", "minute")]
    [InlineData("*/0 * * * *", "minute")]
    [InlineData("5/10 * * * *", "minute")]
    [InlineData("1, * * * *", "minute")]
    [InlineData("* 24 * * *", "hour")]
    [InlineData("* 9-5 * * *", "hour")]
    [InlineData("* * 0 * *", "day of month")]
    [InlineData("* * * 13 *", "month")]
    [InlineData("* * * * 8", "day of week")]
    [InlineData("* * * * someday", "day of week")]
    public void OfFields_OutOfBounds_NamesTheField(string schedule, string bad)
    {
        Assert.Null(CronSchedule.OfFields(schedule.Split(' '), out var found));
        Assert.Equal(bad, found);
    }

    internal static CronSchedule? Read(string text) => text.StartsWith('@') ? CronSchedule.OfWord(text) : CronSchedule.OfFields(text.Split(' '), out _);
}
