"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.meet.messages"
    label = "threads"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from holdfast.core.fanout import facade as fanout
        from holdfast.core.identity import erasure as stores
        from holdfast.core.leaving import retention
        from holdfast.meet.messages import copies, erasure, telling

        fanout.register_kind("thread", telling.may_follow)
        stores.register("threads", erasure.forget, position=6)
        stores.register("own-messages", erasure.forget_of_sender, per_client=False)
        # Longer than most treatments go without a word: nobody's conversation vanishes meanwhile.
        retention.register(
            retention.Kind("thread-messages", None, 365, erasure.count_old, erasure.empty_old)
        )
        copies.register()
