"""Training recipes: the schema of the TOML files in `recipes/`.

These classes are the only definition of a recipe. Every value is checked when a recipe is read or
changed with `dataclasses.replace`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

_STRICT = ConfigDict(extra="forbid", strict=True)

Share = Annotated[float, Field(ge=0, le=1)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]
Degrees = Annotated[float, Field(ge=0, le=180)]
Names = tuple[Annotated[str, Field(min_length=1)], ...]


@dataclass(frozen=True, config=_STRICT)
class Network:
    """Shape of a mini-XCEPTION.

    Attributes:
        stem: Channels of the first convolution, which has stride 2.
        widths: Channels of the residual blocks.
        pooled_blocks: Number of blocks, from the first, that halve the resolution.
        dropout: Share of feature maps dropped in training, before the class maps.
    """

    stem: Count
    widths: Annotated[tuple[Count, ...], Field(min_length=1)]
    pooled_blocks: Annotated[int, Field(ge=0)]
    dropout: Annotated[float, Field(ge=0, lt=1)]


@dataclass(frozen=True, config=_STRICT)
class GeometricAugmentation:
    """Random geometry of a training crop, relative to the detector's square.

    Attributes:
        scale: Smallest and largest factor for the side of the square.
        shift: Largest shift of the centre along each axis, as a share of the side.
        roll: Largest rotation to either side, in degrees.
        whole_image: Share of crops that start from the whole image instead of the detection.
    """

    scale: tuple[Positive, Positive]
    shift: NonNegative
    roll: Degrees
    whole_image: Share


@dataclass(frozen=True, config=_STRICT)
class PhotometricAugmentation:
    """Random degradation of a training crop's pixels.

    Attributes:
        gamma: Largest exponent; the smallest is its inverse.
        contrast: Largest relative change of contrast.
        brightness: Largest change of brightness, as a share of white.
        degradation: Probability of each of blur, low resolution, low light, noise and JPEG.
        occlusion: Probability that a patch, a mask or glasses cover part of the face.
    """

    gamma: Annotated[float, Field(ge=1, allow_inf_nan=False)]
    contrast: Share
    brightness: Share
    degradation: Share
    occlusion: Share


@dataclass(frozen=True, config=_STRICT)
class Augmentation:
    """Random changes of the training crops.

    Attributes:
        geometric: Position, size and rotation.
        photometric: Light, sharpness, noise and occlusion.
    """

    geometric: GeometricAugmentation
    photometric: PhotometricAugmentation


@dataclass(frozen=True, config=_STRICT)
class Pretraining:
    """Training on smaller crops, which gives the network its initial weights.

    Small crops are faster, and a network without dense layers accepts crops of any size (M. Tan,
    Q. Le, "EfficientNetV2: Smaller Models and Faster Training", 2021: progressive learning).

    Attributes:
        crop_size: Side of the crops in pixels.
        epochs: Passes over the data.
        learning_rate: Peak of the cosine schedule.
    """

    crop_size: Annotated[int, Field(ge=16, le=512)]
    epochs: Count
    learning_rate: Positive


@dataclass(frozen=True, config=_STRICT)
class Finetuning:
    """Short training at the end with milder augmentation, closer to what the service sees.

    Z. Ge et al., "YOLOX: Exceeding YOLO Series in 2021", 2021, switch off their strongest
    augmentation for the last epochs.

    Attributes:
        epochs: Passes over the data.
        learning_rate: Peak of the cosine schedule.
        augmentation: Replaces the recipe's augmentation.
    """

    epochs: Count
    learning_rate: Positive
    augmentation: Augmentation


@dataclass(frozen=True, config=_STRICT)
class Recipe:
    """Everything that decides how one model is trained.

    Attributes:
        data: Data sets that `readers` knows, or folders of pictures. Empty: the folder named after
            the model.
        epochs: Passes over the data.
        batch_size: Crops per step.
        learning_rate: Peak of the cosine schedule.
        weight_decay: NonNegative decay of AdamW.
        ema_decay: Decay of the moving average of the weights. The average is what is exported.
        expectation_weight: NonNegative of the absolute error of the expected value, added to the
            likelihood.
        auxiliary_models: Models whose labels the network also learns, because that improves its
            features. Their class maps are not exported.
        auxiliary_weight: NonNegative of the auxiliary losses.
        oversampling: How far rare kinds of faces are shown more often: 0 as often as they occur,
            1 all equally often.
        mixup_alpha: Parameter of the beta distribution of mixup; 0 switches it off.
        holdout_share: Share of the training split that is held out for selection and calibration.
        seed: Seed of every random number.
        network: Shape of the network.
        augmentation: Random changes of the crops.
        precision: Keras dtype policy of the training. The exported model is float32.
        min_steps: Least number of training steps. With few faces there are more epochs.
        pretrain: Stage before this training, if any.
        finetune: Stage after this training, if any.
        teachers: Models whose pretrained networks teach this one.
        teacher_weight: Share of the teachers' predictions in the labels.
    """

    data: Names
    epochs: Count
    batch_size: Count
    learning_rate: Positive
    weight_decay: NonNegative
    ema_decay: Annotated[float, Field(ge=0, lt=1)]
    expectation_weight: NonNegative
    auxiliary_models: Names
    auxiliary_weight: NonNegative
    oversampling: Share
    mixup_alpha: NonNegative
    holdout_share: Annotated[float, Field(gt=0, lt=1)]
    seed: Annotated[int, Field(ge=0)]
    precision: Literal["float32", "mixed_bfloat16", "mixed_float16"]
    network: Network
    augmentation: Augmentation
    min_steps: Annotated[int, Field(ge=0)] = 0
    pretrain: Pretraining | None = None
    finetune: Finetuning | None = None
    teachers: Names = ()
    teacher_weight: Share = 0.0
